// How many times one rate of events is another, where they are rare: given their sum, the events of
// one side are binomial (Przyborowski and Wilenski, "Homogeneity of results in testing samples from
// Poisson series", Biometrika 31 (1940)), and the bounds of the ratio those of its share (Clopper
// and Pearson). A ratio of means by its logarithm knows nothing of a side without events, and takes
// counts that are alike by chance for constants.

import { clopperPearson, cumulative } from "../../lib/binomial.ts";
import { atMeanExposure, type Counted, isOverDispersed, isRare } from "./count-interval.ts";
import type { Equivalence } from "./equivalence.ts";
import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";

export interface RateRatio {
  /** Events of both sides, and by how much they were watched. */
  above: number;
  below: number;
  exposureAbove: number;
  exposureBelow: number;
}

/**
 * Null where means say more: no side is rare, or events of one come in bursts. Null also of a
 * single run on a side, for it could be a burst.
 */
export function rareRatio(above: Counted | null, below: Counted | null): RateRatio | null {
  if (above === null || below === null) return null;
  const sides = [above, below].map(atMeanExposure);
  if (sides.some(({ length }) => length < 2)) return null;
  if (!sides.some(isRare) || sides.some((counts) => !isRare(counts) && isOverDispersed(counts))) return null;
  return {
    above: sum(above.counts),
    below: sum(below.counts),
    exposureAbove: sum(above.exposures),
    exposureBelow: sum(below.exposures),
  };
}

/** As `equivalence`, by exact tests. */
export function rateEquivalence(ratio: RateRatio, margin: number, confidence: number = CONFIDENCE): Equivalence {
  const [least, most] = [1 / (1 + margin), 1 + margin];
  const probability = Math.max(atLeast(ratio, least), atMost(ratio, most));
  return {
    probability,
    isEquivalent: probability <= 1 - confidence,
    differenceProbability: Math.min(1, 2 * Math.min(atLeast(ratio, most), atMost(ratio, least))),
    ratio: rateInterval(ratio, confidence),
  };
}

/** The probability of a share at least so far from that of equal rates. */
export function rateProbability(ratio: RateRatio): number {
  return Math.min(1, 2 * Math.min(atLeast(ratio, 1), atMost(ratio, 1)));
}

export function rateInterval(ratio: RateRatio, confidence: number = CONFIDENCE): Estimate {
  const { above, below, exposureAbove, exposureBelow } = ratio;
  const rates = exposureBelow / exposureAbove;
  if (above + below === 0) return withoutInterval(Number.NaN);
  const [lower, upper] = clopperPearson(above, above + below, confidence).map((share) => (share / (1 - share)) * rates);
  return { value: (above / below) * rates, lower: lower as number, upper: upper as number };
}

/** Of so many events above, or more, where the ratio of rates is `ratio`. */
function atLeast({ above, below, ...exposures }: RateRatio, ratio: number): number {
  return below + above === 0 ? 1 : cumulative(below, above + below, 1 - shareAt(exposures, ratio));
}

function atMost({ above, below, ...exposures }: RateRatio, ratio: number): number {
  return below + above === 0 ? 1 : cumulative(above, above + below, shareAt(exposures, ratio));
}

function shareAt({ exposureAbove, exposureBelow }: Omit<RateRatio, "above" | "below">, ratio: number): number {
  return (exposureAbove * ratio) / (exposureAbove * ratio + exposureBelow);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
