// docs/writing-a-study.md: its study can be read and predicts what it measures, and the page has
// every key of a study's file and every quantity.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { ROOT } from "../topology/testbed/perform.ts";
import { readScenarioWord } from "../topology/testbed/scenario-word.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import { studySchema } from "./file/schema.ts";
import { COMMON_QUANTITIES, MEASURES } from "./measures/table.ts";
import { predictAll } from "./predict.ts";

const PAGE = readFileSync(join(ROOT, "docs", "writing-a-study.md"), "utf8");

it("the page has every key of a study's file", () => {
  const isNamed = (key: string) => new RegExp(`^${key}:|\`${key}\\b`, "m").test(PAGE);
  assert.deepEqual(
    Object.keys(studySchema.shape).filter((key) => !isNamed(key)),
    [],
  );
});

it("the page has every quantity, at its kind of measurement", () => {
  const rows = PAGE.split("\n").filter((line) => line.startsWith("| "));
  const rowsOf = (kind: string) => rows.filter((row) => row.startsWith(`| ${kind} | `)).join("\n");
  const kinds = Object.values(MEASURES).map(({ kind, quantities }) => [`\`${kind}\``, quantities] as const);
  for (const [kind, quantities] of [...kinds, ["every run", COMMON_QUANTITIES] as const]) {
    const named = [...rowsOf(kind).matchAll(/`(\w+)`/g)].map(([, name]) => name);
    assert.deepEqual(
      quantities.map(({ name }) => name).filter((name) => !named.includes(name)),
      [],
      kind,
    );
  }
});

it("the study that a newcomer is shown can be read, and each of its cells has a prediction", async () => {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(PAGE) ?? [];
  const { study } = await readStudy("mine", example, readScenarioWord);
  const cells = expand(study);
  assert.equal(cells.length, 4);
  assert.equal(predictAll(study, cells).predictions.length, 4);
  const [, schema = ""] = /\$schema=(\S+)/.exec(example) ?? [];
  assert.ok(existsSync(join(ROOT, schema)), `an editor does not find ${schema}`);
});
