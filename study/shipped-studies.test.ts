// Every study that comes with the testbed can be read, fits its scenario, and has a prediction for
// each cell of a model. Reading refuses a sentence that compares cells without exactly one
// counterpart.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { makeReport } from "../analysis/report/report.ts";
import { studySeconds } from "./duration.ts";
import { expand } from "./expand.ts";
import { studyJsonSchema } from "./file/schema.ts";
import { loadStudy, STUDIES_FOLDER, studyNames } from "./files.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";
import { predictAll } from "./predict.ts";
import { smokeOf } from "./smoke.ts";

for (const name of await studyNames()) {
  it(`${name} can be read, predicted, and made small`, async () => {
    const { study, source } = await loadStudy(name);
    const cells = expand(study);
    assert.match(source, /^# yaml-language-server: \$schema=\.\/study\.schema\.json\n/);
    assert.ok(cells.length > 1);
    assert.ok(study.models.length > 0 && predictAll(study, cells).predictions.length > 0);
    const small = smokeOf(study, cells);
    assert.ok(small.cells.length >= 2 && small.cells.length <= 4);
    const { files } = await makeReport(manifestOf(small.study, small.cells, NOWHERE), []);
    assert.ok(files.has("report.html"));
  });
}

// Bringing a scenario up takes up to 10 s more, and it stays up for the next study; four runs'
// looks and the report take up to 10 s.
const UP_SECONDS = 10;
const BESIDE_SECONDS = 10;

it("each of them made small takes less than a minute, and all of them less than twelve", async () => {
  let sumSeconds = 0;
  const up = new Set<string>();
  for (const name of await studyNames()) {
    const { study } = await loadStudy(name);
    const small = smokeOf(study, expand(study));
    const { atMost } = studySeconds(small.study, small.cells, predictAll(small.study, small.cells).predictions);
    const seconds = atMost + BESIDE_SECONDS;
    assert.ok(UP_SECONDS + seconds < 60, `${name}: ${Math.round(seconds)} s`);
    sumSeconds += seconds;
    up.add(study.scenario);
  }
  sumSeconds += up.size * UP_SECONDS;
  assert.ok(sumSeconds < 12 * 60, `all: ${Math.round(sumSeconds)} s`);
});

it("the JSON Schema that editors use is in step with the format", () => {
  const committed = JSON.parse(readFileSync(join(STUDIES_FOLDER, "study.schema.json"), "utf8"));
  assert.deepEqual(committed, JSON.parse(JSON.stringify(studyJsonSchema())), "npm run generate writes it");
});
