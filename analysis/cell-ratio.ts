// How many times the mean of a quantity in one cell is that in another: of effects and of
// conclusions alike, so that a report has one answer.

import type { CellSummary } from "./cells.ts";
import { absenceProbability } from "./stats/absence.ts";
import { type RateRatio, rareRatio, rateInterval, rateProbability } from "./stats/count-ratio.ts";
import { CONFIDENCE, confidenceOfEach, type Estimate } from "./stats/estimate.ts";
import { type Ratio, ratioInterval, ratioOfMeans, ratioProbability } from "./stats/ratio.ts";

export interface CellRatio {
  means: Ratio;
  /** In its place where rare events are compared. */
  rare: RateRatio | null;
  /** The probability that one side has none by chance, where neither is known. */
  absence: number | null;
}

export function cellRatio(quantity: string, above: CellSummary, below: CellSummary): CellRatio {
  const [one, other] = [above.quantities.get(quantity), below.quantities.get(quantity)];
  return {
    means: ratioOfMeans(one?.values ?? [], other?.values ?? []),
    rare: rareRatio(one?.counted ?? null, other?.counted ?? null),
    absence: absenceProbability(one?.values ?? [], other?.values ?? []),
  };
}

export function cellRatioInterval({ means, rare }: CellRatio, confidence: number = CONFIDENCE): Estimate {
  return rare === null ? ratioInterval(means, confidence) : rateInterval(rare, confidence);
}

/** Their intervals, which hold for all of them together. */
export function jointIntervals(ratios: readonly CellRatio[]): Estimate[] {
  const confidence = confidenceOfEach(ratios.length);
  return ratios.map((ratio) => cellRatioInterval(ratio, confidence));
}

/** The probability of a ratio at least so far from 1 where the means are equal. */
export function cellRatioProbability({ means, rare, absence }: CellRatio): number | null {
  return rare === null ? (ratioProbability(means) ?? absence) : rateProbability(rare);
}
