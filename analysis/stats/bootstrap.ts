// Intervals by resampling runs (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993),
// for a statistic without a formula: the ratio of medians, whose percentile interval errs to the
// wide side where that of a mean is too narrow. tests/slow/interval-coverage.test.ts has its
// coverage.

import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";
import { quantileOfSorted } from "./summary.ts";

/** The next number of a seeded sequence, at least 0 and less than 1 (lib/random.ts). */
export type Random = () => number;

/** Enough that the seed moves a bound by a small part of the interval's width. */
export const RESAMPLES = 1000;

/** Fewer runs say too little about their distribution to be resampled. */
export const LEAST_RUNS = 5;

/**
 * The statistic of `counts` runs of each group, with its interval. `statistic` receives, for each
 * group, the indices of the chosen runs (each run once for the value itself). Results that are not
 * finite are left out; too many of them leave no interval.
 */
export function bootstrap(
  counts: readonly number[],
  statistic: (chosen: readonly Uint32Array[]) => number,
  random: Random,
  { confidence = CONFIDENCE, resamples = RESAMPLES } = {},
): Estimate {
  const chosen = counts.map((count) => Uint32Array.from({ length: count }, (_, index) => index));
  const value = statistic(chosen);
  const fewest = Math.min(...counts);
  if (fewest < LEAST_RUNS || !Number.isFinite(value)) return withoutInterval(value);
  const results = new Float64Array(resamples);
  let kept = 0;
  for (let round = 0; round < resamples; round += 1) {
    for (const indices of chosen) {
      for (let at = 0; at < indices.length; at += 1) indices[at] = Math.floor(random() * indices.length);
    }
    const result = statistic(chosen);
    if (Number.isFinite(result)) results[kept++] = result;
  }
  if (kept < resamples / 2) return withoutInterval(value);
  const sorted = results.subarray(0, kept).sort();
  const tail = (1 - confidence) / 2;
  return { value, lower: quantileOfSorted(sorted, tail), upper: quantileOfSorted(sorted, 1 - tail) };
}
