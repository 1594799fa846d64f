// Student's t distribution: quantiles and tails, kept where one table serves thousands of cells.

import cdf from "@stdlib/stats-base-dists-t-cdf";
import quantile from "@stdlib/stats-base-dists-t-quantile";

const known = new Map<string, number>();

/**
 * The t that a variable of so many degrees of freedom exceeds with probability (1 - confidence) /
 * 2.
 */
export function criticalT(degrees: number, confidence: number): number {
  const key = `${degrees} ${confidence}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const computed = quantile(1 - (1 - confidence) / 2, degrees);
  if (known.size < 10_000) known.set(key, computed);
  return computed;
}

/** The value that a variable of so many degrees of freedom stays below with `probability`. */
export function quantileOfT(probability: number, degrees: number): number {
  return quantile(probability, degrees);
}

/** The probability of a distance from zero of at least |t|. */
export function twoSidedTail(t: number, degrees: number): number {
  return 2 * cdf(-Math.abs(t), degrees);
}

/** The probability of more than t. */
export function upperTail(t: number, degrees: number): number {
  return cdf(-t, degrees);
}
