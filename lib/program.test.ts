// With real pipes, files and devices, and separate programs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";

describe("a program", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-program-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** Runs a program with this body in a line of shell, where `$PROGRAM` starts it. */
  async function shell(body: string, line: string): Promise<{ status: number; stderr: string }> {
    const file = join(folder, "program.ts");
    const imports = `import { print, runProgram } from ${JSON.stringify(join(import.meta.dirname, "program.ts"))};`;
    await writeFile(file, `${imports}\nawait runProgram(async () => { ${body} });\n`);
    const env = { ...process.env, PROGRAM: `${process.execPath} ${file}` };
    const child = spawn("bash", ["-c", line], { env, cwd: folder, timeout: 30_000 });
    const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, "close")]);
    return { status, stderr };
  }

  const PRINTS = "await print('x'.repeat(200_000)); return 3;";
  const SILENT = `$PROGRAM | true; exit "\${PIPESTATUS[0]}"`;

  it("ends with the status that it says, its output whole", async () => {
    assert.deepEqual(await shell(PRINTS, "$PROGRAM > whole"), { status: 3, stderr: "" });
    assert.equal((await readFile(join(folder, "whole"))).length, 200_000);
  });

  it("ends before Node's environment is taken down, which code that V8 still compiles may need", async () => {
    const body = `process.on("exit", () => { if (!new Error().stack.includes("process.exit")) process.stderr.write("taken down"); }); return 4;`;
    assert.deepEqual(await shell(body, "$PROGRAM"), { status: 4, stderr: "" });
  });

  it("whose reader goes away ends without a word, as SIGPIPE would end it", async () => {
    assert.deepEqual(await shell(`for (;;) await print("x".repeat(1000));`, SILENT), { status: 141, stderr: "" });
  });

  it("says in one line that stdout is full, at once or after a part", async () => {
    const full = { status: 1, stderr: "E_OUTPUT: writing to stdout: no space is left there\n" };
    assert.deepEqual(await shell(PRINTS, "$PROGRAM > /dev/full"), full);
    const part = await shell(PRINTS, "trap '' XFSZ; ulimit -f 1; $PROGRAM > part");
    assert.deepEqual([part.status, part.stderr.split(" ")[0]], [1, "E_OUTPUT:"]);
  });

  it("does its work to the end when nobody reads its errors", async () => {
    const body = `for (let i = 0; i < 1000; i++) process.stderr.write("x".repeat(1000)); await new Promise(setImmediate); return 5;`;
    assert.equal((await shell(body, `$PROGRAM 2>&1 >/dev/null | true; exit "\${PIPESTATUS[0]}"`)).status, 5);
  });
});
