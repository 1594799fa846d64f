// The channel to a shell that stays, with a real shell.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { after, describe, it } from "node:test";
import { RttlabError } from "./errors.ts";
import { type KeptShell, openShell, SHELL_LOOP } from "./kept-shell.ts";

const options = { where: "the shell", codes: { failed: "E_FAILED", silent: "E_SILENT" } };

describe("the channel to a shell that stays", () => {
  const child = spawn("sh", ["-c", `exec 2>&1\n${SHELL_LOOP}`]);
  const shell: KeptShell = openShell(child.stdin, child.stdout, options);
  after(() => child.stdin.end());

  it("runs the same lines in a link's guest", () => {
    const init = readFileSync(`${import.meta.dirname}/../services/link/guest/init.sh`, "utf8");
    assert.ok(init.endsWith(SHELL_LOOP));
  });

  it("resolves to what a command printed, quoting its words", async () => {
    await shell.ready;
    assert.equal(await shell.run(["printf", "%s", "a b'c $HOME\\"]), "a b'c $HOME\\");
    assert.equal(await shell.run(["true"]), "");
  });

  it("rejects with what a command said when it fails", async () => {
    const failing = shell.run(["sh", "-c", "echo no such device >&2; exit 3"]);
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof RttlabError && error.code === "E_FAILED");
      assert.match(error.message, /no such device$/);
      return true;
    });
  });

  it("keeps commands made at once in their order", async () => {
    const numbers = Array.from({ length: 20 }, (_, number) => String(number));
    assert.deepEqual(
      await Promise.all(numbers.map((number) => shell.run(["echo", number]))),
      numbers.map((n) => `${n}\n`),
    );
  });

  it("delivers a large reply whole", async () => {
    const printed = await shell.run(["seq", "1", "20000"]);
    assert.equal(printed.trim().split("\n").length, 20_000);
  });

  it("skips blank lines", async () => {
    child.stdin.write("\n\n");
    assert.equal(await shell.run(["echo", "after"]), "after\n");
  });
});

describe("a shell that does not notice its input", () => {
  /** Answers the pending command before each further line. */
  const drowsy = () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    output.write("\n:exit 0\n");
    let answer = "";
    createInterface({ input }).on("line", (line) => {
      output.write(answer);
      answer = line === "" ? "" : "woken\n:exit 0\n";
    });
    return { input, output };
  };

  it("is woken by another line, and its reply is the command's", async () => {
    const { input, output } = drowsy();
    const shell = openShell(input, output, { ...options, nudgeMillis: 1, giveUpMillis: 10_000 });
    assert.equal(await shell.run(["echo"]), "woken");
    assert.equal(await shell.run(["echo"]), "woken");
  });

  it("is given up for all who wait at once, not for one after another", async () => {
    const { input, output } = drowsy();
    const shell = openShell(input, output, { ...options, nudgeMillis: 10_000, giveUpMillis: 100 });
    const began = performance.now();
    const waiting = Array.from({ length: 20 }, () => shell.run(["echo"]));
    for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, "rejected");
    // One after another, they would take two seconds.
    assert.ok(performance.now() - began < 1000);
  });

  it("is given up when it never becomes ready, or when it ends", async () => {
    const silent = openShell(new PassThrough(), new PassThrough(), { ...options, giveUpMillis: 100 });
    await assert.rejects(silent.run(["echo"]), { code: "E_SILENT" });
    const ended = Promise.reject(new RttlabError("E_ENDED", "it ended"));
    ended.catch(() => {});
    const over = openShell(new PassThrough(), new PassThrough(), { ...options, ended });
    await assert.rejects(over.run(["echo"]), { code: "E_ENDED" });
  });

  it("is given up when it never replies, and a late reply is not taken for the next command's", async () => {
    const { input, output } = drowsy();
    const shell = openShell(input, output, { ...options, nudgeMillis: 10_000, giveUpMillis: 100 });
    await assert.rejects(shell.run(["first"]), { code: "E_SILENT" });
    output.write("first's\n:exit 0\n");
    const asked = once(input, "data");
    const second = shell.run(["second"]);
    await asked;
    output.write("second's\n:exit 0\n");
    assert.equal(await second, "second's");
  });
});
