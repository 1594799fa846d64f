// Lines into a pipe of the kernel's that its reader empties when the test says so.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { lineWriter } from "./line-writer.ts";

/** More than a pipe takes at once or not at all (PIPE_BUF), and no divisor of what it holds. */
const LINE_OCTETS = 10_000;

describe("lines that are written at once", { skip: process.platform === "win32" && "it needs pipes" }, () => {
  it("go on where they were cut off, and one that did not begin is lost as a whole", () => {
    using pipe = openPipe();
    const write = lineWriter(pipe.entrance);
    const lines = Array.from({ length: 20 }, (_, at) => `${`${at}`.padEnd(LINE_OCTETS - 1, ".")}\n`);
    const written = lines.slice(0, 10).filter(write);
    assert.ok(written.length > 0 && written.length < 10, `${written.length} were written`);
    let read = pipe.drain();
    assert.notEqual(read.length % LINE_OCTETS, 0, "one was cut off");
    written.push(...lines.slice(10, 12).filter(write));
    read += pipe.drain();
    assert.equal(read, written.join(""));
    assert.ok(written.includes(lines[11] as string), "none is lost while there is room");
  });

  it("wait in vain once until the reader has taken something", () => {
    using pipe = openPipe();
    const write = lineWriter(pipe.entrance);
    while (write("line\n"));
    const began = performance.now();
    for (let at = 0; at < 1_000; at++) assert.equal(write("line\n"), false);
    // Each by itself would wait for 100 ms.
    assert.ok(performance.now() - began < 10_000);
    pipe.drain();
    assert.equal(write("line\n"), true);
  });

  it("are lost without an error when nobody reads them any more", () => {
    using pipe = openPipe();
    pipe.closeExit();
    const write = lineWriter(pipe.entrance);
    assert.deepEqual([write("line\n"), write("line\n")], [false, false]);
  });
});

/** Both ends are non-blocking, as Node makes them. */
function openPipe() {
  const folder = mkdtempSync(join(tmpdir(), "rttlab-pipe-"));
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const exit = openSync(path, O_RDONLY | O_NONBLOCK);
  const entrance = openSync(path, O_WRONLY | O_NONBLOCK);
  rmSync(folder, { recursive: true });
  const buffer = Buffer.alloc(65_536);
  let isOpen = true;
  const closeExit = () => {
    if (isOpen) closeSync(exit);
    isOpen = false;
  };
  return {
    entrance,
    /** Everything in it. */
    drain(): string {
      let text = "";
      for (;;) {
        try {
          text += buffer.toString("latin1", 0, readSync(exit, buffer));
        } catch {
          return text;
        }
      }
    },
    closeExit,
    [Symbol.dispose]() {
      closeExit();
      closeSync(entrance);
    },
  };
}
