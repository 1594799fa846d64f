import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { clopperPearson } from "./binomial.ts";

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
}

describe("the Clopper-Pearson interval", () => {
  it("has its closed form when nothing, or everything, was lost", () => {
    for (const trials of [1, 10, 5000]) {
      const bound = 0.0005 ** (1 / trials);
      const [lower, upper] = clopperPearson(0, trials, 0.999);
      assert.equal(lower, 0);
      near(upper, 1 - bound, 1e-12);
      const all = clopperPearson(trials, trials, 0.999);
      assert.equal(all[1], 1);
      near(all[0], bound, 1e-12);
    }
  });

  it("agrees with published tables of 95 % limits", () => {
    // Limits for 10 and 20 trials, as published in tables of exact binomial limits, to four places.
    for (const [count, trials, lower, upper] of [
      [1, 10, 0.0025, 0.445],
      [3, 10, 0.0667, 0.6525],
      [5, 10, 0.1871, 0.8129],
      [1, 20, 0.0013, 0.2487],
      [10, 20, 0.272, 0.728],
    ] as const) {
      const interval = clopperPearson(count, trials, 0.95);
      near(interval[0], lower, 5e-5);
      near(interval[1], upper, 5e-5);
    }
  });

  it("bounds a binomial count in at least its confidence", () => {
    // Exact coverage at a few ratios, summed over the distribution by its recursion.
    for (const [trials, ratio] of [
      [50, 0.02],
      [200, 0.005],
      [400, 0.3],
    ] as const) {
      let mass = (1 - ratio) ** trials;
      let covered = 0;
      for (let count = 0; count <= trials; count += 1) {
        const [lower, upper] = clopperPearson(count, trials, 0.95);
        if (lower <= ratio && ratio <= upper) covered += mass;
        mass *= ((trials - count) / (count + 1)) * (ratio / (1 - ratio));
      }
      assert.ok(covered >= 0.95, `${trials} at ${ratio}: ${covered}`);
    }
  });

  it("holds what was seen, and narrows with the sample", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
        const count = Math.floor(trials * share);
        const [lower, upper] = clopperPearson(count, trials, 0.999);
        assert.ok(lower <= count / trials && count / trials <= upper);
        const [wideLower, wideUpper] = clopperPearson(count * 2, trials * 2, 0.999);
        assert.ok(wideUpper - wideLower < upper - lower + 1e-12);
      }),
      { numRuns: 50 },
    );
  });
});
