import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { runScript } from "./part.ts";

it("a script that fails has the end of its output said again, where its reason is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  const script = join(folder, "tried.mjs");
  await writeFile(script, 'console.log("line\\n".repeat(2000)); console.error("the reason"); process.exitCode = 1;');
  const { failed, failures } = await runScript("tried", script);
  assert.equal(failed, 1);
  assert.match(failures.join(), /the reason\n$/);
  assert.ok(failures.join().length <= 2000);
  await rm(folder, { recursive: true });
});
