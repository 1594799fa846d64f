// With real test files, in a process of its own, because node:test runs no test file within a test.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { runScript } from "./part.ts";

const PART = join(import.meta.dirname, "part.ts");
/** No file of a test needs so long, its start on a busy machine included. */
const FAR_OFF = { timeoutMillis: 60_000, leftOpenMillis: 60_000 };

describe("a test file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-unending-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function outputOf(body: string, bounds: Partial<typeof FAR_OFF> = {}): Promise<string> {
    const file = join(folder, "tried.test.mjs");
    await writeFile(
      file,
      `import { describe, it } from "node:test";\nimport { createServer } from "node:net";\n${body}\n`,
    );
    const options = { concurrency: 1, verbose: true, ...FAR_OFF, ...bounds };
    const words = [JSON.stringify([file]), JSON.stringify(options)].join(", ");
    const script = `const { runTests, summarize } = await import(${JSON.stringify(PART)});
      const result = await runTests("tried", ${words});
      console.log(result);
      await summarize([result]);`;
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const driver = join(folder, "driver.mjs");
    await writeFile(driver, script);
    const child = spawn(process.execPath, [driver], { env, timeout: 2 * FAR_OFF.timeoutMillis });
    return text(child.stdout);
  }

  it("that a failed test left something open in is ended, and counts as failed", async () => {
    const body = 'it("fails", () => { createServer().listen(0); throw new Error("no"); });';
    const output = await outputOf(body, { leftOpenMillis: 1500 });
    assert.match(output, /tried\.test\.mjs: still alive 1\.5 s after its last test/);
    assert.match(output, /failed: [12],/);
  });

  it("that fails has its name, its place and its reason said again at the end", async () => {
    const output = await outputOf('describe("all", () => { it("fails", () => { throw new Error("no"); }); });');
    const end = output.slice(output.indexOf("--- failed in tried"));
    assert.match(end, /^--- failed in tried: fails \(.*tried\.test\.mjs:3\)\nError: no\n/);
    assert.equal(end.match(/--- failed in/g)?.length, 1, "a suite that fails by its test is not said");
    assert.match(end, /0 passed, [12] failed\n$/);
  });

  it("that took long has a line with its time beneath the part, unless it is all of it", async () => {
    const [long, brief] = [
      { path: "a.test.ts", seconds: 4 },
      { path: "b.test.ts", seconds: 1 },
    ];
    const part = { name: "several", seconds: 5, passed: 2, failed: 0, skipped: 0, failures: [], files: [long, brief] };
    const driver = join(folder, "summary.mjs");
    const parts = JSON.stringify([part, { ...part, name: "one", files: [long] }]);
    await writeFile(driver, `import { summarize } from ${JSON.stringify(PART)};\nawait summarize(${parts}, 4);\n`);
    const output = await text(spawn(process.execPath, [driver]).stdout);
    assert.match(output, /^\nseveral +5\.0 s +ok\n {2}a\.test\.ts +4\.0 s *\none +5\.0 s +ok\n/);
  });

  it("that overruns is ended with the name of the test that was running", async () => {
    const turns = "await new Promise((resolve) => setTimeout(resolve, 500)); for (;;);";
    const body = `it("is quick", () => {}); it("turns for ever", { timeout: 1e6 }, async () => { ${turns} });`;
    // The start of the file's process is within that too.
    const output = await outputOf(body, { timeoutMillis: 10_000 });
    assert.match(output, /tried\.test\.mjs: not at its end within 10 s; it is ended\. Running: turns for ever/);
    assert.match(output, /failed: [1-9]/);
  });

  it("that ends by itself is left alone", async () => {
    const output = await outputOf('it("passes", () => {});');
    assert.doesNotMatch(output, /it is ended/);
    assert.match(output, /passed: 1,\s+failed: 0/);
  });
});

it("a script that fails has the end of its output said again, where its reason is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-script-"));
  const script = join(folder, "tried.mjs");
  await writeFile(script, 'console.log("line\\n".repeat(2000)); console.error("the reason"); process.exitCode = 1;');
  const { failed, failures } = await runScript("tried", script);
  assert.equal(failed, 1);
  assert.match(failures.join(), /the reason\n$/);
  assert.ok(failures.join().length <= 2000);
  await rm(folder, { recursive: true });
});
