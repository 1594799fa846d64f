// A study goes on from its results without the files that it was read from.

import assert from "node:assert/strict";
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { SCENARIO_FOLDER } from "../topology/scenarios/read-scenario.ts";
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

it("a study goes on over the scenario that it began over, whatever has become of that one's file", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  context.after(() => rm(folder, { recursive: true }));
  const scenario = join(folder, "path.yaml");
  await cp(join(SCENARIO_FOLDER, "one-path.yaml"), scenario);
  await appendFile(scenario, "events:\n  - {at: 1s, link: wan, trace: step.csv}\n");
  await writeFile(join(folder, "step.csv"), "0s,5mbit\n1s,1mbit\n");
  const text = FILE.replace("one-path", scenario).replace(/events:\n.*\n/, "");
  await writeFile(join(folder, "mine.yaml"), text);
  const begun = await loadStudy(join(folder, "mine.yaml"));
  const manifest = manifestOf(begun.study, expand(begun.study), NOWHERE);
  const [kept, early] = [join(folder, "kept"), join(folder, "early")];
  await createResults(kept, { ...manifest, source: begun.source, scenario: begun.scenario });
  await createResults(early, { ...manifest, source: begun.source });
  await writeFile(join(folder, "step.csv"), "0s,5mbit\n1s,2mbit\n");
  assert.deepEqual((await loadBegun(kept)).loaded.topology, begun.topology);
  assert.notDeepEqual((await loadBegun(early)).loaded.topology, begun.topology);
  await rm(scenario);
  assert.deepEqual((await loadBegun(kept)).loaded.topology, begun.topology);
  await assert.rejects(loadBegun(early), /1 problem/);
});
