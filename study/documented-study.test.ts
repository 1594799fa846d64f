// docs/writing-a-study.md: its study can be read and predicts what it measures.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { ROOT } from "../topology/testbed/perform.ts";
import { readScenarioWord } from "../topology/testbed/scenario-word.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import { predictAll } from "./predict.ts";

it("the study that a newcomer is shown can be read, and each of its cells has a prediction", async () => {
  const page = readFileSync(join(ROOT, "docs", "writing-a-study.md"), "utf8");
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const { study } = await readStudy("mine", example, readScenarioWord);
  const cells = expand(study);
  assert.equal(cells.length, 4);
  assert.equal(predictAll(study, cells).predictions.length, 4);
  const [, schema = ""] = /\$schema=(\S+)/.exec(example) ?? [];
  assert.ok(existsSync(join(ROOT, schema)), `an editor does not find ${schema}`);
});
