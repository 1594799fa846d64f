import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { scenarioNames } from "./scenarios/read-scenario.ts";

const MAIN = join(import.meta.dirname, "main.ts");

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

function topology(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("rttlab topology", () => {
  it("without a word lists the commands on stderr and exits 2", async () => {
    const { status, stdout, stderr } = await topology();
    assert.deepEqual([status, stdout], [2, ""]);
    for (const command of ["list", "plan", "up", "status", "calibrate", "set", "exec", "logs", "down"]) {
      assert.match(stderr, new RegExp(`^  ${command} `, "m"));
    }
  });

  it("suggests the command that a wrong one may have meant, and exits 2", async () => {
    const { status, stderr } = await topology("stats");
    assert.equal(status, 2);
    assert.match(stderr, /E_USAGE.*stats.*status/s);
  });

  it("explains each command with an example on stdout", async () => {
    const { status, stdout } = await topology("help", "up");
    assert.equal(status, 0);
    assert.match(stdout, /Example:\n {2}npm run topology up wan-100ms/);
  });

  it("lists every scenario with its title as one document", async () => {
    const { status, stdout } = await topology("list", "--json");
    assert.equal(status, 0);
    const names = (JSON.parse(stdout) as { name: string; title: string }[]).map(({ name }) => name);
    assert.deepEqual(names.sort(), await scenarioNames());
  });
});
