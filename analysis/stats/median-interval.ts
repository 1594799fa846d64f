// The median of runs: its interval lies between order statistics, interpolated to the confidence
// asked for, after Hettmansperger and Sheather, "Confidence intervals based on interpolated order
// statistics", Statistics & Probability Letters 4 (1986). It needs no seed, and covers what it
// promises at six runs, where a bootstrap of the median misses by up to 8 %. The ratio of two
// medians has no such formula: it is resampled, by counting ranks in sorted values, because a
// report does so a thousand times for each effect.

import { bootstrap, type Random } from "./bootstrap.ts";
import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";
import { median } from "./summary.ts";

/**
 * The median with its interval; without one where even the range of all values covers too seldom
 * (fewer than six at 95 %).
 */
export function medianWithInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const value = median(values);
  const count = values.length;
  const sorted = Float64Array.from(values).sort();
  let order = 0;
  while (rangeCoverage(count, order + 1) >= confidence) order += 1;
  if (order === 0) return withoutInterval(value);
  const [wide, narrow] = [rangeCoverage(count, order), rangeCoverage(count, order + 1)];
  const share = (wide - confidence) / (wide - narrow);
  const inwards = ((count - order) * share) / (order + (count - 2 * order) * share);
  const at = (place: number) => sorted[place - 1] as number;
  return {
    value,
    lower: (1 - inwards) * at(order) + inwards * at(order + 1),
    upper: (1 - inwards) * at(count - order + 1) + inwards * at(count - order),
  };
}

/**
 * How often the median lies between the order-th smallest and the order-th largest of so many
 * values.
 */
function rangeCoverage(count: number, order: number): number {
  // As a logarithm, because the power of a half vanishes above a thousand values.
  let [logProbability, sum] = [-count * Math.LN2, 0];
  for (let below = 0; below < order; below += 1) {
    sum += Math.exp(logProbability);
    logProbability += Math.log((count - below) / (below + 1));
  }
  return 1 - 2 * sum;
}

/** The ratio of two medians of independent runs. */
export function medianRatio(numerator: readonly number[], denominator: readonly number[], random: Random): Estimate {
  const [above, below] = [resampledMedian(numerator), resampledMedian(denominator)];
  const ratio = ([one, other]: readonly Uint32Array[]) => above(one as Uint32Array) / below(other as Uint32Array);
  return bootstrap([numerator.length, denominator.length], ratio, random);
}

/** The median of the values whose ranks are chosen. */
function resampledMedian(values: readonly number[]): (chosen: Uint32Array) => number {
  const sorted = Float64Array.from(values).sort();
  const counts = new Uint32Array(sorted.length);
  return (chosen) => {
    counts.fill(0);
    for (const rank of chosen) counts[rank] = (counts[rank] as number) + 1;
    const lowerPlace = (chosen.length - 1) >> 1;
    const upperPlace = chosen.length >> 1;
    let [passed, lower] = [0, Number.NaN];
    for (let rank = 0; rank < counts.length; rank += 1) {
      passed += counts[rank] as number;
      if (Number.isNaN(lower) && passed > lowerPlace) lower = sorted[rank] as number;
      if (passed > upperPlace) return (lower + (sorted[rank] as number)) / 2;
    }
    return Number.NaN;
  };
}
