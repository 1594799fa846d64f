// Progress of a study, before a run.

import assert from "node:assert/strict";
import { it } from "node:test";
import { GOOD } from "../tests/study/good-study.ts";
import { readScenario } from "../topology/scenarios/read-scenario.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import { nextRun } from "./next-run.ts";
import { accountOf } from "./progress.ts";

it("is of the quantity that the study stops by, else of the one that it is about", async () => {
  const FIXED = GOOD.replace(/repetitions: .*/, "repetitions: 5");
  for (const text of [GOOD.replace("until: requestSeconds", "until: firstByteSeconds"), FIXED]) {
    const { study } = await readStudy("windows", text, (scenario) => readScenario(scenario));
    const cells = expand(study);
    const next = nextRun(study, cells, []);
    assert.ok(next !== null);
    const { quantity, unit } = accountOf(study, cells, "")([], next);
    assert.deepEqual([quantity, unit], [text === FIXED ? "requestSeconds" : "firstByteSeconds", "s"]);
  }
});
