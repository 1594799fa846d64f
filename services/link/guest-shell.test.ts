// The channel to the guest's shell, with a real shell that runs the same loop as guest/init.sh.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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
});
