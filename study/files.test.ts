// A study that names a trace beside its file goes on from its results without that file.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { loadBegun } from "./begun.ts";
import { expand } from "./expand.ts";
import { loadStudy } from "./files.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";
import { createResults } from "./results/store.ts";

const FILE = `
title: a
question: b
hypothesis: c
scenario: one-path
seed: 7
fixed: {measure.kind: load, measure.load.host: client, measure.load.seconds: 3}
factors:
  rtt: {levels: [20ms, 100ms], sets: link.wan.rtt}
events:
  - {at: 0s, link: wan, trace: traces/step.csv}
repetitions: 3
`;

it("a study that names a trace goes on without the trace's file, which its manifest has", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  context.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "traces"));
  await writeFile(join(folder, "traces", "step.csv"), "0s,5mbit\n1s,1mbit\n");
  await writeFile(join(folder, "mine.yaml"), FILE);
  const { study, source, files } = await loadStudy(join(folder, "mine.yaml"));
  assert.deepEqual(Object.keys(files), ["traces/step.csv"]);
  const results = join(folder, "results");
  await createResults(results, { ...manifestOf(study, expand(study), NOWHERE), source, files, calibrations: [] });
  await rm(join(folder, "traces"), { recursive: true });
  const { loaded } = await loadBegun(results);
  assert.deepEqual(loaded.study.events, study.events);
  await assert.rejects(loadStudy(join(folder, "mine.yaml")), /1 problem/);
});
