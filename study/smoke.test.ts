// A smoke of a study: few cells, once each, briefly; and which study a folder's manifest goes on
// with.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readScenario } from "../topology/scenarios/read-scenario.ts";
import { begunStudy } from "./begun.ts";
import { studySeconds } from "./duration.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import { readSettings } from "./file/settings.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";
import { predictAll } from "./predict.ts";
import { smokeOf } from "./smoke.ts";

const FILE = `
title: a
question: b
hypothesis: c
scenario: wan-100ms
seed: 7
fixed: {measure.kind: load, measure.load.host: load-a, WORDS}
factors:
  rtt: {levels: [20ms, 100ms], sets: link.wan-a.rtt}
repetitions: 3
`;
const LOAD = "measure.load.path: /files/1KiB";
const RIVAL = "beside.rival.kind: rudp, beside.rival.host: rudp-a, beside.rival.after: 30s";

const read = (words: string) => readStudy("brief", FILE.replace("WORDS", words), (scenario) => readScenario(scenario));

describe("a smoke", () => {
  const cases: [words: string, short: Record<string, string>][] = [
    [
      "measure.load.seconds: 60, measure.load.warmup: 60s, measure.load.cooldown: 60s",
      { seconds: "2", warmup: "2s", cooldown: "2s" },
    ],
    ["measure.load.seconds: 3, measure.load.warmup: 500ms", { seconds: "2", warmup: "500ms" }],
    ["measure.load.seconds: 90s", { seconds: "2" }],
    ["measure.load.requests: 100000", { requests: "2" }],
  ];
  for (const [words, short] of cases) {
    it(`is short also of ${words}`, async () => {
      const { study, topology } = await read(`${LOAD}, ${words}`);
      const small = smokeOf(study, expand(study));
      for (const { settings } of small.cells) {
        assert.deepEqual(readSettings(settings, topology, (key) => key).problems, []);
        for (const [word, text] of Object.entries(short)) assert.equal(settings[`measure.load.${word}`], text);
      }
      const { atMost } = studySeconds(small.study, small.cells, predictAll(small.study, small.cells).predictions);
      assert.ok(atMost < 60, `${atMost} s`);
    });
  }

  it("is short also of transfers beside it, with fewer bytes that begin soon", async () => {
    const { study } = await read(`${LOAD}, measure.load.seconds: 1, ${RIVAL}, beside.rival.bytes: 1GiB`);
    const [cell] = smokeOf(study, expand(study)).cells;
    assert.deepEqual([cell?.settings["beside.rival.bytes"], cell?.settings["beside.rival.after"]], ["1MiB", "2s"]);
  });
});

describe("the study of a results folder", () => {
  it("is the smoke again where it was one, also of a study with no more cells than a smoke has", async () => {
    const { study } = await read(`${LOAD}, measure.load.seconds: 60`);
    const cells = expand(study);
    const small = smokeOf(study, cells);
    assert.equal(small.cells.length, cells.length);
    assert.deepEqual(begunStudy(study, manifestOf(small.study, small.cells, NOWHERE)), small);
    assert.deepEqual(begunStudy(study, manifestOf(study, cells, NOWHERE)), { study, cells });
  });
});
