// The channel to the guest's shell, with a real shell that runs the same loop as guest/init.sh.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { after, describe, it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import { type GuestShell, openGuestShell } from "./guest-shell.ts";

const init = readFileSync(`${import.meta.dirname}/guest/init.sh`, "utf8");
const loop = init.slice(init.indexOf("status=0"));

describe("the channel to the guest's shell", () => {
  const child = spawn("sh", ["-c", `exec 2>&1\n${loop}`]);
  const shell: GuestShell = openGuestShell(child.stdin, child.stdout);
  after(() => child.stdin.end());

  it("resolves to what a command printed, quoting its words", async () => {
    await shell.ready;
    assert.equal(await shell.run(["printf", "%s", "a b'c $HOME\\"]), "a b'c $HOME\\");
    assert.equal(await shell.run(["true"]), "");
  });

  it("rejects with what a command said when it fails", async () => {
    const failing = shell.run(["sh", "-c", "echo no such device >&2; exit 3"]);
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof RttlabError && error.code === "E_LINK_COMMAND");
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

describe("a guest that does not notice its console", () => {
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
    const shell = openGuestShell(input, output, { nudgeMillis: 1, giveUpMillis: 10_000 });
    assert.equal(await shell.run(["echo"]), "woken");
    assert.equal(await shell.run(["echo"]), "woken");
  });

  it("is given up for all who wait at once, not for one after another", async () => {
    const { input, output } = drowsy();
    const shell = openGuestShell(input, output, { nudgeMillis: 10_000, giveUpMillis: 100 });
    const began = performance.now();
    const waiting = Array.from({ length: 20 }, () => shell.run(["echo"]));
    for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, "rejected");
    // One after another, they would take two seconds.
    assert.ok(performance.now() - began < 1000);
  });

  it("is given up when it never replies, and a late reply is not taken for the next command's", async () => {
    const { input, output } = drowsy();
    const shell = openGuestShell(input, output, { nudgeMillis: 10_000, giveUpMillis: 100 });
    await assert.rejects(shell.run(["first"]), { code: "E_LINK_SILENT" });
    output.write("first's\n:exit 0\n");
    const asked = once(input, "data");
    const second = shell.run(["second"]);
    await asked;
    output.write("second's\n:exit 0\n");
    assert.equal(await second, "second's");
  });
});
