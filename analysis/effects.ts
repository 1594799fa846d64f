// Effects that a study asks for: one level of a factor against another, with all other factors
// equal, as a ratio of means. All effects of a study are one family, corrected after Holm: an
// interval excludes 1 only if the correction rejects.

import type { CellSummary } from "./cells.ts";
import type { EffectRequest, Levels, Manifest } from "./results.ts";
import { type RateRatio, rareRatio, rateInterval, rateProbability } from "./stats/count-ratio.ts";
import { type Estimate, withoutInterval } from "./stats/estimate.ts";
import { holm } from "./stats/holm.ts";
import { type Ratio, ratioInterval, ratioOfMeans, ratioProbability } from "./stats/ratio.ts";

export interface Effect {
  request: EffectRequest;
  /** The levels of the other factors. */
  others: Levels;
  /** Runs on either side. */
  counts: readonly [number, number];
  /** With the interval at the confidence of its step. */
  ratio: Estimate;
  /** Adjusted; null with too few runs. */
  probability: number | null;
  /** The means differ, after correction for all comparisons of the study. */
  isShown: boolean;
}

export function studyEffects(manifest: Manifest, summaries: readonly CellSummary[]): Effect[] {
  const byLevels = new Map(summaries.map((summary) => [keyOf(summary.cell.levels), summary]));
  const compared = manifest.effects.flatMap((request) => comparisons(request, summaries, byLevels));
  const probabilities = compared.map(({ ratio, rare }) =>
    rare === null ? ratioProbability(ratio) : rateProbability(rare),
  );
  const judged = probabilities.flatMap((probability) => (probability === null ? [] : [probability]));
  const corrected = holm(judged)[Symbol.iterator]();
  return compared.map(({ request, others, counts, ratio, rare }, index) => {
    const plain = { request, others, counts };
    if (probabilities[index] === null) {
      return { ...plain, ratio: withoutInterval(ratio.value), probability: null, isShown: false };
    }
    const { probability, isRejected, confidence } = corrected.next().value as ReturnType<typeof holm>[number];
    const interval = rare === null ? ratioInterval(ratio, confidence) : rateInterval(rare, confidence);
    return { ...plain, ratio: interval, probability, isShown: isRejected };
  });
}

interface Comparison {
  request: EffectRequest;
  others: Levels;
  counts: readonly [number, number];
  ratio: Ratio;
  /** In its place where rare events are compared. */
  rare: RateRatio | null;
}

function comparisons(
  request: EffectRequest,
  summaries: readonly CellSummary[],
  byLevels: ReadonlyMap<string, CellSummary>,
): Comparison[] {
  const { factor, level, against, quantity } = request;
  return summaries
    .filter(({ cell }) => cell.levels[factor] === level)
    .flatMap((summary) => {
      const other = byLevels.get(keyOf({ ...summary.cell.levels, [factor]: against }));
      if (other === undefined) return [];
      const sides = [summary.quantities.get(quantity), other.quantities.get(quantity)] as const;
      const [above, below] = [sides[0]?.values ?? [], sides[1]?.values ?? []];
      const { [factor]: _, ...others } = summary.cell.levels;
      const rare = rareRatio(sides[0]?.counted ?? null, sides[1]?.counted ?? null);
      const counts = [above.length, below.length] as const;
      return [{ request, others, counts, ratio: ratioOfMeans(above, below), rare }];
    });
}

function keyOf(levels: Levels): string {
  return JSON.stringify(Object.entries(levels).sort(([one], [other]) => (one < other ? -1 : 1)));
}
