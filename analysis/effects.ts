// Effects that a study asks for: one level of a factor against another, with all other factors
// equal, as a ratio of means. All effects of a study are one family, corrected after Holm: an
// interval excludes 1 only if the correction rejects.

import { type CellRatio, cellRatio, cellRatioInterval, cellRatioProbability } from "./cell-ratio.ts";
import type { CellSummary } from "./cells.ts";
import type { EffectRequest, Levels, Manifest } from "./results.ts";
import type { Estimate } from "./stats/estimate.ts";
import { holm } from "./stats/holm.ts";

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
  const probabilities = compared.map(({ ratio }) => cellRatioProbability(ratio));
  const judged = probabilities.flatMap((probability) => (probability === null ? [] : [probability]));
  const corrected = holm(judged)[Symbol.iterator]();
  return compared.map((comparison, index) => {
    if (probabilities[index] === null)
      return { ...comparison, ratio: cellRatioInterval(comparison.ratio), probability: null, isShown: false };
    const { probability, isRejected, confidence } = corrected.next().value as ReturnType<typeof holm>[number];
    return { ...comparison, ratio: cellRatioInterval(comparison.ratio, confidence), probability, isShown: isRejected };
  });
}

type Comparison = Pick<Effect, "request" | "others" | "counts"> & { ratio: CellRatio };

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
      const { [factor]: _, ...others } = summary.cell.levels;
      const [above = 0, below = 0] = [summary, other].map(({ quantities }) => quantities.get(quantity)?.values.length);
      return [{ request, others, counts: [above, below], ratio: cellRatio(quantity, summary, other) }];
    });
}

function keyOf(levels: Levels): string {
  return JSON.stringify(Object.entries(levels).sort(([one], [other]) => (one < other ? -1 : 1)));
}
