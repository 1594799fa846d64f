// The interval of a product or a quotient of independent estimates from the interval of each: on
// the logarithm, where they add, the distances of their bounds are added in quadrature, the upper
// ones and the lower ones apart. Zou and Donner, "Construction of confidence limits about effect
// measures: a general approach", Statistics in Medicine 27 (2008). If one alone is uncertain, the
// interval is its own. Bounds that are simply multiplied would hold in 99 of a hundred.

import type { Estimate } from "./estimate.ts";

/** How far the bounds lie below and above the value, as logarithms of ratios. */
export interface Reach {
  below: number;
  above: number;
}

export function inQuadrature(reaches: readonly Reach[]): Reach {
  return {
    below: Math.hypot(...reaches.map(({ below }) => below)),
    above: Math.hypot(...reaches.map(({ above }) => above)),
  };
}

/** Null without an interval, and of one that reaches zero, which no factor bounds. */
export function reachOf({ value, lower, upper }: Estimate): Reach | null {
  if (lower === null || upper === null || lower <= 0) return null;
  return { below: Math.log(value / lower), above: Math.log(upper / value) };
}

/** Of one over the value. */
export function inverse({ below, above }: Reach): Reach {
  return { below: above, above: below };
}

/** No interval without a reach, or with one that has no end. */
export function reaching(value: number, reach: Reach | null): Estimate {
  if (reach === null || !Number.isFinite(reach.below + reach.above)) return { value, lower: null, upper: null };
  return { value, lower: value * Math.exp(-reach.below), upper: value * Math.exp(reach.above) };
}
