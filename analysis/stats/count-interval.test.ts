// Intervals of counts against the printed bounds of the Poisson distribution; how often they hold
// the true mean is in tests/slow/interval-coverage.test.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countWithInterval } from "./count-interval.ts";
import { meanWithInterval } from "./mean-interval.ts";

const near = (actual: number | null, expected: number, tolerance: number) =>
  assert.ok(Math.abs((actual as number) - expected) <= tolerance, `${actual}, expected ${expected}`);

describe("the interval of a mean count", () => {
  it("reaches as far above zero as runs without any event leave open, and never below it", () => {
    // Garwood's bounds of 0 and of 1 event, as printed in tables of the Poisson distribution
    const none = countWithInterval(Array(10).fill(0));
    assert.deepEqual([none.value, none.lower], [0, 0]);
    near(none.upper ?? 0, 0.3689, 1e-4);
    const one = countWithInterval([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    near(one.lower ?? 0, 0.00253, 1e-4);
    near(one.upper ?? 0, 0.5572, 1e-4);
  });

  it("is Student's where that stays above zero, and no narrower than that where events come in bursts", () => {
    assert.deepEqual(countWithInterval([90, 100, 110]), meanWithInterval([90, 100, 110]));
    const bursts = [0, 0, 0, 40];
    assert.ok((countWithInterval(bursts).upper ?? 0) > (meanWithInterval(bursts).upper ?? 0));
  });

  it("is that of their total where counts are alike by chance, and has no width where they are constants", () => {
    // Garwood's bounds of 3 events, as printed
    const { lower, upper } = countWithInterval([1, 1, 1]);
    near(lower, 0.6187 / 3, 1e-4);
    near(upper, 8.7673 / 3, 1e-4);
    for (const constants of [Array(10).fill(1), Array(3).fill(12), [1000, 1000]])
      assert.deepEqual(countWithInterval(constants), meanWithInterval(constants));
  });

  it("has no bound but zero below counts that scatter more than Poisson's, whose total says little", () => {
    for (const bursts of [
      [0, 0, 0, 40],
      [4, 1080, 998],
      [0, 0, 2],
    ])
      assert.equal(countWithInterval(bursts).lower, 0);
    // as scattered as Poisson's: 1 event in four runs has variance and mean 1/4
    assert.ok((countWithInterval([0, 0, 0, 1]).lower ?? 0) > 0);
  });
});
