// The functions of expressions. Each declares its arguments, so that a study file is checked before
// it runs. A new one is an entry here. `cells` is the name of a selection; `cell` one that selects
// a single cell.

import { randomSequence } from "../../lib/random.ts";
import type { Analysis } from "../analyse.ts";
import { type CellRatio, cellRatio, jointIntervals } from "../cell-ratio.ts";
import type { CellSummary } from "../cells.ts";
import { modelErrors } from "../model-error.ts";
import { isTooUncertain, measuredParameters, predictionReach } from "../parameters.ts";
import type { Manifest, Saturated, Selection } from "../results.ts";
import { isSelected, placesSaturated } from "../results.ts";
import { crossover, type LevelRuns } from "../stats/crossover.ts";
import { confidenceOfEach, type Estimate, mapEstimate, withoutInterval } from "../stats/estimate.ts";
import { medianRatio } from "../stats/median-interval.ts";
import { reaching } from "../stats/quadrature.ts";
import { combineRatios, levelsBeside, matchedPairs } from "./pairs.ts";
import type { Value } from "./value.ts";

export type Parameter = "quantity" | "model" | "factor" | "cell" | "cells" | "where" | "estimate";

/** An argument as written in the call. */
export type Argument =
  | { kind: "quantity" | "model" | "factor" | "where"; name: string }
  | { kind: "cells"; selection: Selection; summaries: readonly CellSummary[] }
  | { kind: "value"; value: Value };

interface StudyFunction {
  parameters: readonly Parameter[];
  meaning: string;
  /** Why arguments that are valid one by one do not fit together. */
  faultOf?(args: readonly Argument[]): string | undefined;
  evaluate(analysis: Analysis, args: readonly Argument[]): Value;
}

const estimate = (value: Estimate, unit: string): Value => ({ kind: "estimate", estimate: value, unit });
const number = (value: number, unit = ""): Value => ({ kind: "number", value, unit });
const none = withoutInterval(Number.NaN);

export const FUNCTIONS: Readonly<Record<string, StudyFunction>> = {
  mean: {
    parameters: ["quantity", "cell"],
    meaning: "mean of the runs, with its interval",
    evaluate: ({ manifest }, args) => estimate(quantityOf(args).mean, unitOf(manifest, nameOf(args, 0))),
  },
  median: {
    parameters: ["quantity", "cell"],
    meaning: "median of the runs, with its interval",
    evaluate: ({ manifest }, args) => estimate(quantityOf(args).median, unitOf(manifest, nameOf(args, 0))),
  },
  p50: quantile(0.5),
  p90: quantile(0.9),
  p99: quantile(0.99),
  runs: {
    parameters: ["cells"],
    meaning: "how many runs count",
    evaluate: (_, args) => number(cellsOf(args, 0).reduce((sum, { runs }) => sum + runs.length, 0)),
  },
  level: {
    parameters: ["factor", "cell"],
    meaning: "the cell's level of a factor that has numbers",
    evaluate: ({ manifest }, args) => {
      const factor = manifest.factors.find(({ name }) => name === nameOf(args, 0));
      return number(Number(cellsOf(args, 1)[0]?.cell.levels[nameOf(args, 0)]), factor?.unit ?? "");
    },
  },
  ratio: {
    parameters: ["quantity", "cells", "cells"],
    meaning: "mean of the first over mean of the second; of several pairs the geometric mean",
    faultOf: unpaired,
    evaluate: (_, args) => estimate(combineRatios(ratiosOf(args)), ""),
  },
  medianRatio: {
    parameters: ["quantity", "cell", "cell"],
    meaning: "median of the first over median of the second, for runs with outliers",
    evaluate: ({ manifest }, args) => {
      const [above = [], below = []] = [1, 2].map(
        (at) => cellsOf(args, at)[0]?.quantities.get(nameOf(args, 0))?.values,
      );
      const isMeasured = above.length > 0 && below.length > 0;
      return estimate(isMeasured ? medianRatio(above, below, randomSequence(manifest.seed)) : none, "");
    },
  },
  smallestRatio: {
    parameters: ["quantity", "cells", "cells"],
    meaning: "the smallest ratio of the pairs; its interval holds for all of them together",
    faultOf: unpaired,
    evaluate: (_, args) => estimate(extreme(jointIntervals(ratiosOf(args)), Math.min), ""),
  },
  largestRatio: {
    parameters: ["quantity", "cells", "cells"],
    meaning: "the largest ratio of the pairs; its interval holds for all of them together",
    faultOf: unpaired,
    evaluate: (_, args) => estimate(extreme(jointIntervals(ratiosOf(args)), Math.max), ""),
  },
  crossover: {
    parameters: ["factor", "quantity", "cells", "cells"],
    meaning: "the lowest level of the factor at which the two means change places",
    faultOf: (args) => {
      const factor = nameOf(args, 0);
      const sides = [cellsOf(args, 2), cellsOf(args, 3)];
      const levels = sides.flat().map(({ cell }) => cell.levels[factor]);
      if (levels.some((level) => typeof level !== "number" || level <= 0))
        return "a factor of positive numbers is needed";
      const differ = sides.some((side) => new Set(side.map(({ cell }) => levelsBeside([factor], cell))).size > 1);
      return differ ? "the cells differ in more than the factor" : unpaired(args);
    },
    evaluate: ({ manifest }, args) => {
      const { unit = "" } = manifest.factors.find(({ name }) => name === nameOf(args, 0)) ?? {};
      const levels = levelsOf(args);
      const measured = levels.filter(({ above, below }) => above.length > 0 && below.length > 0);
      const found = crossover(measured, randomSequence(manifest.seed));
      // Its interval is drawn from ratios of means, by which rare counts are not compared.
      const isDrawable = ratiosOf(args).every(({ rare }) => rare === null);
      const isWhole = measured.length === levels.length;
      return estimate(isWhole && isDrawable ? found : withoutInterval(found.value), unit);
    },
  },
  predicted: {
    parameters: ["model", "cell"],
    meaning: "what the model says: before the first run, but for the parameters that the study measures",
    evaluate: ({ manifest, cells }, args) => {
      const id = cellsOf(args, 1)[0]?.cell.id;
      const isWanted = (one: { model: string; cell: string }) => one.model === nameOf(args, 0) && one.cell === id;
      const found = manifest.predictions.find(isWanted);
      const unit = unitOf(manifest, found?.quantity ?? "");
      if (!manifest.bindings?.some(isWanted)) return number(found?.value ?? Number.NaN, unit);
      if (found === undefined) return estimate(none, unit);
      return estimate(
        reaching(found.value, predictionReach(found, manifest, measuredParameters(manifest, cells))),
        unit,
      );
    },
  },
  error: {
    parameters: ["model", "cell"],
    meaning: "predicted over measured, less 1",
    evaluate: (analysis, args) => estimate(errorsOf(analysis, args)[0]?.relativeError ?? none, ""),
  },
  largestError: {
    parameters: ["model", "cells"],
    meaning:
      "the largest relative error, without sign, of the cells in the model's domain, all of them measured, and their parameters well enough",
    evaluate: (analysis, args) => {
      const inDomain = errorsOf(analysis, args).filter(({ isInDomain }) => isInDomain);
      const errors = inDomain.map(({ relativeError }) => mapEstimate(relativeError, Math.abs));
      const largest = extreme(errors, Math.max);
      // Where a parameter is known too badly, the error may be larger; worse data support no more.
      const isKnown = !predictionsOf(analysis.manifest, args).some(isTooUncertain);
      const isWhole = isKnown && inDomain.length === countInDomain(analysis.manifest, args);
      return estimate(isWhole ? largest : withoutInterval(largest.value), "");
    },
  },
  inDomain: {
    parameters: ["model", "cells"],
    meaning: "how many of the cells meet the model's assumptions, measured or not",
    evaluate: ({ manifest }, args) => number(countInDomain(manifest, args)),
  },
  saturated: {
    parameters: ["where", "cells"],
    meaning:
      "share of the runs that were saturated there: server, generator, link, machine, or nowhere: none; of those that count, and of those void but saturated",
    evaluate: (_, args) => {
      const runs = cellsOf(args, 1).map((summary) => [
        ...summary.runs,
        ...summary.voids.filter(({ saturated }) => saturated !== "none"),
      ]);
      if (runs.some(({ length }) => length === 0)) return number(Number.NaN);
      const there = runs.flat().filter((run) => placesSaturated(run).includes(nameOf(args, 0) as Saturated));
      return number(there.length / runs.flat().length);
    },
  },
  lower: {
    parameters: ["estimate"],
    meaning: "lower bound of the interval",
    evaluate: (_, args) => bound(args, "lower"),
  },
  upper: {
    parameters: ["estimate"],
    meaning: "upper bound of the interval",
    evaluate: (_, args) => bound(args, "upper"),
  },
};

/** A cell without its counterpart, or with several, would be left out silently. */
function unpaired(args: readonly Argument[]): string | undefined {
  const [one = 0, other = 0] = [-2, -1].map((at) => cellsOf(args, args.length + at).length);
  const pairs = pairsOf(args).length;
  if (pairs === one && pairs === other) return undefined;
  return `${one} cells against ${other} make ${pairs} pairs that agree in all other factors: every cell needs exactly one counterpart`;
}

function quantile(ratio: number): StudyFunction {
  return {
    parameters: ["quantity", "cell"],
    meaning: `${100 * ratio} % quantile of the requests of a run: the mean of the runs' own, Student's interval, or none with too few requests beyond`,
    evaluate: (_, args) => {
      const latency = cellsOf(args, 1)[0]?.latencies.get(nameOf(args, 0));
      const found = latency?.quantiles.find((one) => one.ratio === ratio)?.quantile;
      return estimate(found?.isThin === true ? withoutInterval(found.value) : (found ?? none), "s");
    },
  };
}

function nameOf(args: readonly Argument[], at: number): string {
  const argument = args[at];
  return argument !== undefined && "name" in argument ? argument.name : "";
}

function cellsOf(args: readonly Argument[], at: number): readonly CellSummary[] {
  const argument = args[at];
  return argument?.kind === "cells" ? argument.summaries : [];
}

function quantityOf(args: readonly Argument[]): { mean: Estimate; median: Estimate } {
  return cellsOf(args, 1)[0]?.quantities.get(nameOf(args, 0)) ?? { mean: none, median: none };
}

function unitOf({ quantities }: Manifest, quantity: string): string {
  return quantities.find(({ name }) => name === quantity)?.unit ?? "";
}

/** Of the last two arguments. */
function pairsOf(args: readonly Argument[]): [CellSummary, CellSummary][] {
  const [above, below] = args.slice(-2);
  return above?.kind === "cells" && below?.kind === "cells" ? matchedPairs(above, below) : [];
}

/** Of the last three: a quantity, and cells twice. */
function ratiosOf(args: readonly Argument[]): CellRatio[] {
  const quantity = nameOf(args, args.length - 3);
  return pairsOf(args).map(([one, other]) => cellRatio(quantity, one, other));
}

/** The pairs of crossover's cells, by the level of its factor. */
function levelsOf(args: readonly Argument[]): LevelRuns[] {
  const [factor, quantity] = [nameOf(args, 0), nameOf(args, 1)];
  const valuesOf = ({ quantities }: CellSummary) => quantities.get(quantity)?.values ?? [];
  return pairsOf(args).map(([one, other]) => ({
    x: Number(one.cell.levels[factor]),
    above: valuesOf(one),
    below: valuesOf(other),
  }));
}

/** The least or the greatest of estimates whose intervals hold together; none of no estimates. */
function extreme(estimates: readonly Estimate[], pick: (...values: number[]) => number): Estimate {
  if (estimates.length === 0) return none;
  const value = pick(...estimates.map((one) => one.value));
  if (estimates.some(({ lower }) => lower === null)) return withoutInterval(value);
  const [lowers, uppers] = [estimates.map((one) => one.lower as number), estimates.map((one) => one.upper as number)];
  return { value, lower: pick(...lowers), upper: pick(...uppers) };
}

/** Of the selected cells that are measured; their intervals hold together. */
function errorsOf({ manifest, cells }: Analysis, args: readonly Argument[]) {
  const selected = new Map(cellsOf(args, 1).map(({ cell, quantities }) => [cell.id, quantities]));
  const isMeasured = ({ cell, quantity }: Manifest["predictions"][number]) =>
    (selected.get(cell)?.get(quantity)?.values.length ?? 0) > 0;
  const predictions = predictionsOf(manifest, args).filter(isMeasured);
  return modelErrors({ ...manifest, predictions }, cells, confidenceOfEach(predictions.length));
}

function countInDomain(manifest: Manifest, args: readonly Argument[]): number {
  return predictionsOf(manifest, args).filter(({ brokenAssumptions }) => brokenAssumptions.length === 0).length;
}

/** Of the model, in the selected cells. */
function predictionsOf({ predictions }: Manifest, args: readonly Argument[]) {
  const wanted = new Set(cellsOf(args, 1).map(({ cell }) => cell.id));
  return predictions.filter(({ cell, model }) => wanted.has(cell) && model === nameOf(args, 0));
}

function bound(args: readonly Argument[], side: "lower" | "upper"): Value {
  const argument = args[0];
  if (argument?.kind !== "value") return number(Number.NaN);
  if (argument.value.kind === "number") return argument.value;
  if (argument.value.kind !== "estimate") return number(Number.NaN);
  const { estimate: of, unit } = argument.value;
  return { kind: "number", value: of[side] ?? Number.NaN, unit, of };
}

/** The summaries of the selected cells. */
export function selectCells(analysis: Analysis, selection: Selection): CellSummary[] {
  return analysis.cells.filter(({ cell }) => isSelected(cell.levels, selection));
}
