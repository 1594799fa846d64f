// Pairs of cells that differ in the factors that two selections name and agree in all others, and
// the common ratio of several pairs.

import type { CellSummary } from "../cells.ts";
import type { Cell, Selection } from "../results.ts";
import { type Estimate, withoutInterval } from "../stats/estimate.ts";
import { type Ratio, ratioInterval } from "../stats/ratio.ts";

/** Each cell of the first selection with its counterpart in the second, if it has one. */
export function matchedPairs<Summary extends { cell: Cell } = CellSummary>(
  above: { selection: Selection; summaries: readonly Summary[] },
  below: { selection: Selection; summaries: readonly Summary[] },
): [Summary, Summary][] {
  const distinguishing = Object.keys({ ...above.selection, ...below.selection }).filter(
    (factor) => JSON.stringify(above.selection[factor]) !== JSON.stringify(below.selection[factor]),
  );
  const keyOf = ({ cell }: Summary) =>
    JSON.stringify(
      Object.entries(cell.levels)
        .filter(([factor]) => !distinguishing.includes(factor))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  const others = new Map(below.summaries.map((summary) => [keyOf(summary), summary]));
  return above.summaries.flatMap((summary) => {
    const other = others.get(keyOf(summary));
    return other === undefined ? [] : [[summary, other] as [Summary, Summary]];
  });
}

/**
 * The geometric mean of independent ratios: logarithms average, variances add, degrees of freedom
 * after Satterthwaite.
 */
export function combineRatios(ratios: readonly Ratio[]): Estimate {
  if (ratios.length === 0) return withoutInterval(Number.NaN);
  const logarithm = ratios.reduce((sum, ratio) => sum + ratio.logarithm, 0) / ratios.length;
  const value = Math.exp(logarithm);
  if (ratios.some(({ standardError }) => standardError === null)) return withoutInterval(value);
  const squares = ratios.map(({ standardError }) => (standardError as number) ** 2);
  const sum = squares.reduce((total, square) => total + square, 0);
  const weights = squares.reduce((total, square, at) => total + square ** 2 / (ratios[at] as Ratio).degrees, 0);
  const degrees = sum === 0 ? 1 : sum ** 2 / weights;
  return ratioInterval({ value, logarithm, standardError: Math.sqrt(sum) / ratios.length, degrees });
}
