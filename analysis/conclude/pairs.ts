// Pairs of cells of two selections, which differ in the factors of which the selections name and
// have different levels, and agree in all others; and the common ratio of several pairs.

import { type CellRatio, jointIntervals } from "../cell-ratio.ts";
import type { CellSummary } from "../cells.ts";
import type { Cell, Selection } from "../results.ts";
import { type Estimate, withoutInterval } from "../stats/estimate.ts";
import { type Ratio, ratioInterval } from "../stats/ratio.ts";
import { mean } from "../stats/summary.ts";

interface Selected<Summary> {
  selection: Selection;
  summaries: readonly Summary[];
}

/**
 * Each cell of the first selection with its counterpart in the second. Cells of a selection that
 * agree in all other factors have none: nothing says which of them it would be.
 */
export function matchedPairs<Summary extends { cell: Cell } = CellSummary>(
  above: Selected<Summary>,
  below: Selected<Summary>,
): [Summary, Summary][] {
  const named = Object.keys({ ...above.selection, ...below.selection });
  const levelsOf = ({ summaries }: Selected<Summary>, factor: string) =>
    new Set(summaries.map(({ cell }) => cell.levels[factor]));
  const distinguishing = named.filter(
    (name) => levelsOf(above, name).symmetricDifference(levelsOf(below, name)).size > 0,
  );
  const alike = ({ summaries }: Selected<Summary>) =>
    Map.groupBy(summaries, ({ cell }) => levelsBeside(distinguishing, cell));
  const others = alike(below);
  return [...alike(above)].flatMap(([levels, [one, ...more]]) => {
    const [other, ...moreOthers] = others.get(levels) ?? [];
    if (one === undefined || other === undefined || more.length + moreOthers.length > 0) return [];
    return [[one, other] as [Summary, Summary]];
  });
}

/** A cell's levels of all other factors, as text. */
export function levelsBeside(factors: readonly string[], { levels }: Cell): string {
  const others = Object.entries(levels).filter(([factor]) => !factors.includes(factor));
  return JSON.stringify(others.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The geometric mean of independent ratios: logarithms average, variances add, degrees of freedom
 * after Satterthwaite. Rare events give no variance, but bounds that hold for all of the ratios
 * together hold for their mean, too.
 */
export function combineRatios(ratios: readonly CellRatio[]): Estimate {
  if (ratios.length === 0) return withoutInterval(Number.NaN);
  if (ratios.some(({ rare }) => rare !== null)) return geometricMean(jointIntervals(ratios));
  const means = ratios.map((ratio) => ratio.means);
  const logarithm = mean(means.map((ratio) => ratio.logarithm));
  const value = Math.exp(logarithm);
  if (means.some(({ standardError }) => standardError === null)) return withoutInterval(value);
  const squares = means.map(({ standardError }) => (standardError as number) ** 2);
  const sum = squares.reduce((total, square) => total + square, 0);
  const weights = squares.reduce((total, square, at) => total + square ** 2 / (means[at] as Ratio).degrees, 0);
  const degrees = sum === 0 ? 1 : sum ** 2 / weights;
  return ratioInterval({ value, logarithm, standardError: Math.sqrt(sum) / means.length, degrees });
}

/** Of the values and of either bound. */
function geometricMean(estimates: readonly Estimate[]): Estimate {
  const meanOf = (values: readonly number[]) => Math.exp(mean(values.map(Math.log)));
  const value = meanOf(estimates.map((one) => one.value));
  if (estimates.some(({ lower }) => lower === null)) return withoutInterval(value);
  const [lowers, uppers] = [estimates.map((one) => one.lower as number), estimates.map((one) => one.upper as number)];
  return { value, lower: meanOf(lowers), upper: meanOf(uppers) };
}
