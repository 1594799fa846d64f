// Arithmetic on an estimate: its interval is what the function makes of the whole interval, and
// where that is without bounds there is none.

import assert from "node:assert/strict";
import { it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import type { Estimate } from "../stats/estimate.ts";
import { type Arithmetic, calculate, compare, type Value } from "./value.ts";

const number = (value: number): Value => ({ kind: "number", value, unit: "" });
const estimate = (value: number, lower: number, upper: number): Value => {
  return { kind: "estimate", estimate: { value, lower, upper }, unit: "" };
};
const around0 = estimate(0.007, -0.04, 0.06);

function estimateOf(operator: Arithmetic, left: Value, right: Value): Estimate {
  const result = calculate(operator, left, right);
  assert.ok(result?.kind === "estimate");
  return result.estimate;
}

it("an even power of an interval that holds 0 begins at 0, so it is not shown to be above", () => {
  const { lower, upper } = estimateOf("^", around0, number(2));
  assert.deepEqual([lower, upper], [0, 0.06 ** 2]);
  assert.equal(compare(">", calculate("^", around0, number(2)) as Value, number(0)), null);
});

it("a reciprocal of an interval that holds or touches 0 has no interval, and nothing holds of it", () => {
  for (const [operator, left, right] of [
    ["/", number(1), around0],
    ["/", number(1), estimate(0, 0, 1)],
    ["^", around0, number(-1)],
    ["^", around0, number(-2)],
    ["^", around0, number(0.5)],
    ["/", around0, number(0)],
    ["^", number(-2), estimate(3, 2, 4)],
  ] as const) {
    const { lower, upper } = estimateOf(operator, left, right);
    assert.deepEqual([lower, upper], [null, null], `${operator} ${JSON.stringify([left, right])}`);
  }
  assert.equal(compare("<", calculate("/", number(1), around0) as Value, number(1000)), null);
});

it("whatever the operator and the number, the image of each point is in the interval", () => {
  const random = randomSequence(3);
  const between = (low: number, high: number) => low + (high - low) * random();
  for (let at = 0; at < 5000; at += 1) {
    const operator = (["+", "-", "*", "/", "^"] as const)[Math.floor(5 * random())] as Arithmetic;
    const known = number(random() < 0.5 ? Math.round(between(-4, 4)) : between(-4, 4));
    const [lower, upper] = [between(-2, 2), between(-2, 2)].sort((one, other) => one - other) as [number, number];
    const isLeft = random() < 0.5;
    const imageOf = (value: number) => {
      const whole = estimate(value, lower, upper);
      return isLeft ? estimateOf(operator, whole, known) : estimateOf(operator, known, whole);
    };
    for (const share of [0, 0.3, 0.5, 1]) {
      const image = imageOf(lower + share * (upper - lower));
      if (image.lower === null || image.upper === null) continue;
      // A point of which rounding makes the bound may lie a last digit beyond it.
      const slack = 1e-12 * Math.max(Math.abs(image.lower), Math.abs(image.upper));
      assert.ok(
        image.value >= image.lower - slack && image.value <= image.upper + slack,
        JSON.stringify({ operator, known, image }),
      );
    }
  }
});

it("where a bound falls short of what it should pass, the whole estimate says whether the data contradict it", () => {
  const bound = (of: Estimate, side: "lower" | "upper"): Value => {
    return { kind: "number", value: of[side] as number, unit: "", of };
  };
  const at = (lower: number, upper: number): Estimate => ({ value: (lower + upper) / 2, lower, upper });
  const [low, high] = [at(1, 3), at(2, 4)];
  // They overlap: neither order is shown, by bounds as by estimates.
  assert.equal(compare(">", bound(high, "lower"), bound(low, "upper")), null);
  assert.equal(compare("<=", bound(low, "upper"), bound(high, "lower")), null);
  assert.equal(compare(">", estimate(3, 2, 4), bound(low, "upper")), null);
  const far = at(5, 7);
  assert.equal(compare(">", bound(far, "lower"), bound(high, "upper")), true);
  assert.equal(compare(">", bound(high, "lower"), bound(far, "upper")), false);
  assert.equal(compare("<", number(6), bound(far, "lower")), null);
  assert.equal(compare("<", number(8), bound(far, "lower")), false);
  // That an interval reaches beyond a number is known, either way.
  assert.equal(compare(">", bound(high, "upper"), number(3)), true);
  assert.equal(compare(">", bound(high, "upper"), number(5)), false);
});

it("a bound is one still after arithmetic with a number, on the side to which that takes it", () => {
  const of: Estimate = { value: 0.3, lower: 0.2, upper: 0.4 };
  const upper: Value = { kind: "number", value: 0.4, unit: "", of };
  const rest = calculate("-", number(1), upper) as Value;
  assert.equal(compare("<", number(0.5), rest), true);
  assert.equal(compare("<", number(0.7), rest), null, "the rest is 0.6 to 0.8");
  assert.equal(compare("<", number(0.9), rest), false);
  const middle = calculate("/", calculate("+", upper, { ...upper, value: 0.2 }) as Value, number(2)) as Value;
  assert.equal(compare("<", number(0.35), middle), false, "the middle of both bounds is none");
});
