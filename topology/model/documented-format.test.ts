// docs/scenarios.md says what the code does: its example can be read, and every code of a problem is in its tables.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseScenario } from "./scenario.ts";

const page = await readFile(join(import.meta.dirname, "..", "..", "docs", "scenarios.md"), "utf8");

test("the example is a scenario, and means what its comments say", () => {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const wan = parseScenario("example", example).links[1]?.settings;
  assert.deepEqual([wan?.forward.rateBitsPerSecond, wan?.backward.rateBitsPerSecond], [5e6, 50e6]);
  assert.deepEqual([wan?.forward.delayMillis, wan?.backward.delayMillis], [50, 50]);
});

test("the codes of problems are those that the code gives, no more and no fewer", async () => {
  const folders = [import.meta.dirname, join(import.meta.dirname, "..", "plan")];
  const files = (
    await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))))
  ).flat();
  const sources = files.filter((file) => !file.endsWith(".test.ts") && !file.endsWith("set.ts"));
  const given = (await Promise.all(sources.map((file) => readFile(file, "utf8")))).flatMap(
    (text) => text.match(/(?<=")E_[A-Z_]+(?=")/g) ?? [],
  );
  const ofTheFileItself = ["E_BAD_SCENARIO", "E_BAD_SCENARIO_NAME"];
  const documented = page.match(/(?<=\| `)E_[A-Z_]+/g) ?? [];
  assert.deepEqual(
    [...documented].sort(),
    [...new Set(given)].filter((code) => !ofTheFileItself.includes(code)).sort(),
  );
});
