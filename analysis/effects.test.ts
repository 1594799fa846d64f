// Effects of counts: shown from no events to many, and never by one run a side.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { summarizeCells } from "./cells.ts";
import { type Effect, studyEffects } from "./effects.ts";
import type { Manifest, Run } from "./results.ts";

const { manifest, runs } = syntheticStudy({ rtts: [30, 200], rates: [10e6], objectBytes: [10_240], repetitions: 6 });
const [plan = "", other = ""] = manifest.factors[0]?.levels ?? [];
const counting: Manifest = {
  ...manifest,
  quantities: [{ name: "timeouts", label: "time-outs", unit: "1" }],
  effects: [{ quantity: "timeouts", factor: "plan", level: plan, against: other }],
};

/** Of so many events in the runs of either plan. */
function effectsOf(above: readonly number[], below: readonly number[]): Effect[] {
  const counted = runs.flatMap((run): Run[] => {
    const isFirst = counting.cells.find(({ id }) => id === run.cell)?.levels.plan === plan;
    const timeouts = (isFirst ? above : below)[run.block];
    return timeouts === undefined ? [] : [{ ...run, voidReason: null, values: { timeouts } }];
  });
  return studyEffects(counting, summarizeCells(counting, counted));
}

describe("an effect on rare counts", () => {
  it("is shown from no events to many", () => {
    const effects = effectsOf([0, 0, 0], [45, 46, 47]);
    assert.equal(effects.length, 2);
    assert.ok(effects.every(({ isShown, ratio }) => isShown && (ratio.upper ?? 1) < 0.05));
  });

  it("is shown from no events to bursts of them in enough runs, though no ratio is known", () => {
    const bursts = [40, 1080, 33, 500, 90, 7];
    for (const effects of [effectsOf(Array(6).fill(0), bursts), effectsOf(bursts, Array(6).fill(0))])
      assert.ok(effects.every(({ isShown, ratio }) => isShown && ratio.lower === null));
    const few = effectsOf([0, 0, 0], bursts.slice(0, 3));
    assert.ok(few.every(({ isShown, probability }) => !isShown && (probability ?? 0) > 0.05));
  });

  it("is neither shown nor tested where a side has one run", () => {
    for (const [above, below] of [
      [[100_000], [120_000]],
      [[0], [45, 46, 47]],
      [[45, 46, 47], [0]],
    ] as const) {
      const [{ ratio, probability, isShown, counts } = assert.fail()] = effectsOf(above, below);
      assert.deepEqual([probability, isShown, ratio.lower, ratio.upper], [null, false, null, null]);
      assert.deepEqual(counts, [above.length, below.length]);
    }
  });
});
