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
