// A small copy of `npm run bench calibration`: links drawn at random, every other one of which is
// declared otherwise than it is. Six are measured beside one another and share the machine; twenty
// took five minutes of a quiet machine with two processors (2026-11-28). The file has nothing else,
// because its links fill a machine.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { calibrateMany } from "../../bench/measure/calibrate-many.ts";
import { bringUp } from "../../bench/measure/calibration-rig.ts";
import { type Outcome, tabulate } from "../../bench/measure/calibration-verdicts.ts";

describe("calibrations of links drawn at random", () => {
  const LINKS = 20;

  /**
   * Of the ten faults each is found in 99 of 100 calibrations that judge it, so about every tenth
   * run of this test misses one, and one of 230 misses two.
   */
  const MISSED_AT_MOST = 1;
  /**
   * Five are of links that a busy machine can judge too: a delay, a rate above a long queue, and
   * losses of 3 % and more.
   */
  const FOUND_AT_LEAST = 3;

  it("call nothing outside that is right, find faults, and never fail", async (test) => {
    await using rig = await bringUp("calibration-random", 6);
    const indices = Array.from({ length: LINKS }, (_, at) => at);
    const judged = await calibrateMany(rig, { seed: 17, indices });
    test.diagnostic(tabulate(judged));
    const summaries = (...outcomes: Outcome[]) =>
      judged.filter(({ outcome }) => outcomes.includes(outcome)).map(({ index, summary }) => `${index}: ${summary}`);
    assert.deepEqual(summaries("false outside", "failed"), []);
    assert.ok(summaries("missed").length <= MISSED_AT_MOST, summaries("missed").join("\n"));
    const found = judged.filter(({ link, outcome }) => link.fault !== null && outcome === "right");
    assert.ok(found.length >= FOUND_AT_LEAST, `${found.length} faults found`);
    assert.equal(judged.length, LINKS);
  });
});
