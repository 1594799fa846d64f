// Ratios of rare events: exact, and known where one side has none.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { rareRatio, rateEquivalence, rateInterval, rateProbability } from "./count-ratio.ts";

const runs = (...counts: number[]) => ({ counts, exposures: counts.map(() => 1) });
const ratioOf = (above: readonly number[], below: readonly number[]) => {
  const ratio = rareRatio(runs(...above), runs(...below));
  assert.ok(ratio !== null);
  return ratio;
};

describe("a ratio of rare events", () => {
  it("has the bounds of its share: of 10 and of 5 events in as many runs", () => {
    const { value, lower, upper } = rateInterval(ratioOf([2, 5, 3], [1, 2, 2]));
    // Clopper and Pearson's bounds of 10 of 15, as printed: 0.3838 to 0.8818
    const near = (found: number | null, share: number) =>
      assert.ok(Math.abs((found ?? 0) / (1 + (found ?? 0)) - share) < 1e-4, `${found}`);
    assert.equal(value, 2);
    near(lower, 0.3838);
    near(upper, 0.8818);
    const chance = rateProbability(ratioOf([2, 5, 3], [1, 2, 2]));
    // twice the tail of 10 or more heads of 15 throws: 4944 of 32768
    assert.ok(Math.abs(chance - (2 * 4944) / 32_768) < 1e-12, `${chance}`);
  });

  it("is known where one side has no events, and not where neither has any", () => {
    const many = ratioOf([0, 0, 0], [45, 50, 55]);
    assert.ok(rateProbability(many) < 1e-20);
    assert.deepEqual([rateInterval(many).value, rateInterval(many).lower], [0, 0]);
    assert.ok((rateInterval(many).upper ?? 1) < 0.03);
    assert.ok((rateEquivalence(many, 0.05).differenceProbability as number) < 1e-20);
    const none = ratioOf([0, 0, 0], [0, 0, 0]);
    assert.equal(rateEquivalence(none, 0.3).isEquivalent, false);
    assert.deepEqual(rateInterval(none), { value: Number.NaN, lower: null, upper: null });
    assert.equal(rateProbability(none), 1);
  });

  it("is by how much each side was watched", () => {
    const above = { counts: [2, 0, 1], exposures: [50, 50, 50] };
    const below = { counts: [1, 1, 1], exposures: [100, 100, 100] };
    assert.equal(rateInterval(rareRatio(above, below) ?? assert.fail()).value, 2);
  });

  it("is none of means that are not rare, of constants, and of events in bursts", () => {
    assert.equal(rareRatio(runs(900, 1000, 1100), runs(800, 900, 1000)), null);
    assert.equal(rareRatio(runs(1000, 1000, 1000), runs(1001, 1001, 1001)), null);
    assert.equal(rareRatio(runs(0, 0, 0), runs(0, 40, 1080)), null);
    assert.equal(rareRatio(null, runs(0, 1, 0)), null);
  });

  it("is none of a single run, of which nobody knows whether its events came in a burst", () => {
    assert.equal(rareRatio(runs(100_000), runs(120_000)), null);
    assert.equal(rareRatio(runs(0), runs(50, 48, 52)), null);
    assert.equal(rareRatio(runs(0, 0, 1), runs(2)), null);
  });

  it("shows a difference or sameness of equal rates in no more than 5 % of studies", () => {
    const random = randomSequence(11);
    const poisson = (mean: number) => {
      let [count, left] = [0, Math.exp(-mean)];
      for (let term = left, chance = random(); chance > left; left += term) term *= mean / ++count;
      return count;
    };
    for (const [count, mean] of [
      [2, 1],
      [3, 1],
      [5, 0.2],
    ] as const) {
      const [trials, some] = [2000, () => Array.from({ length: count }, () => poisson(mean))];
      let [differing, same] = [0, 0];
      for (let trial = 0; trial < trials; trial += 1) {
        const ratio = rareRatio(runs(...some()), runs(...some()));
        if (ratio === null) continue;
        if (rateProbability(ratio) <= 0.05) differing += 1;
        if (rateEquivalence(ratio, 0.3).isEquivalent) same += 1;
      }
      assert.ok(differing / trials <= 0.05, `${count} runs of ${mean}: ${differing}`);
      assert.equal(same, 0, "so few events cannot show a ratio within 30 %");
    }
  });
});
