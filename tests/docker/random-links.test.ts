// A small copy of `npm run bench calibration`: links drawn at random, every other one of which is
// declared otherwise than it is. Six are measured beside one another and share the machine; twenty
// took five minutes of a quiet machine with two processors (2026-11-28). The file has nothing else,
// because its links fill a machine.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { calibrateMany } from "../../bench/measure/calibrate-many.ts";
import { bringUp } from "../../bench/measure/calibration-rig.ts";

describe("calibrations of links drawn at random", () => {
  const LINKS = 20;

  it("call nothing outside that is right, miss no fault, and never fail", async () => {
    await using rig = await bringUp("calibration-random", 6);
    const indices = Array.from({ length: LINKS }, (_, at) => at);
    const judged = await calibrateMany(rig, { seed: 17, indices });
    const wrong = judged.filter(({ outcome }) => ["false outside", "missed", "failed"].includes(outcome));
    assert.deepEqual(
      wrong.map(({ index, summary }) => `${index}: ${summary}`),
      [],
    );
    assert.equal(judged.length, LINKS);
  });
});
