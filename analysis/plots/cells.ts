// The cells that a plot shows: their place on the x axis, their series, their panel. Every other
// factor must be held at one level, because a point that mixes levels is the mean of nothing.

import type { Problem } from "../../lib/errors.ts";
import type { Analysis } from "../analyse.ts";
import type { CellSummary } from "../cells.ts";
import { formatLevel } from "../format.ts";
import { type Factor, isSelected, type Level, type Manifest, type PlotRequest } from "../results.ts";
import { MOST_SERIES } from "./theme.ts";

/** Each kind of plot draws factors there. A trace is one run, whose title has all its levels. */
const PLACES: Readonly<Record<PlotRequest["kind"], readonly ("x" | "series" | "panel")[]>> = {
  factor: ["x", "series", "panel"],
  load: ["x", "series", "panel"],
  cdf: ["series", "panel"],
  phases: ["x", "panel"],
  trace: [],
};

export interface PlacedCell {
  summary: CellSummary;
  x: Level;
  series: string;
  panel: string;
}

export interface PlacedCells {
  cells: PlacedCell[];
  x: Factor | undefined;
  panel: Factor | undefined;
  /** As they are written, in the order of the factor's levels. */
  series: string[];
  panels: string[];
}

export function placeCells({ manifest, cells }: Analysis, request: PlotRequest): PlacedCells {
  const factor = (name: string | undefined) => manifest.factors.find((one) => one.name === name);
  const [x, series, panel] = [factor(request.x), factor(request.series), factor(request.panel)];
  const label = (of: Factor | undefined, summary: CellSummary) =>
    of === undefined ? "" : formatLevel(summary.cell.levels[of.name] as Level, of.unit);
  const placed = cells
    .filter(({ cell }) => isSelected(cell.levels, request.where ?? {}))
    .map((summary) => ({
      summary,
      x: x === undefined ? "" : (summary.cell.levels[x.name] as Level),
      series: label(series, summary),
      panel: label(panel, summary),
    }));
  const [names, panels] = [labelsOf(series, placed, "series"), labelsOf(panel, placed, "panel")];
  return { cells: placed, x, panel, series: names, panels };
}

function labelsOf(factor: Factor | undefined, placed: readonly PlacedCell[], key: "series" | "panel"): string[] {
  const present = new Set(placed.map((cell) => cell[key]));
  if (factor === undefined) return [...present];
  return factor.levels.map((level) => formatLevel(level, factor.unit)).filter((label) => present.has(label));
}

/** Everything that prevents the plots of a study, before anything is run. */
export function plotProblems(manifest: Manifest): Problem[] {
  return manifest.plots.flatMap((request, index) => problemsOf(request, manifest, `plots[${index}]`));
}

function problemsOf(request: PlotRequest, { factors, quantities, cells }: Manifest, place: string): Problem[] {
  const problem = (key: string, message: string, allowed: readonly string[], code: string) => {
    return { path: `${place}.${key}`, message, allowed: allowed.join(", "), code };
  };
  const { kind } = request;
  const [places, names, measured] = [PLACES[kind], factors.map(({ name }) => name), quantities.map(({ name }) => name)];
  const problems = request.quantities
    .filter((quantity) => !measured.includes(quantity))
    .map((quantity) => problem("quantities", `"${quantity}" is not measured`, measured, "E_UNKNOWN_QUANTITY"));
  for (const key of ["x", "series", "panel"] as const) {
    const name = request[key];
    if (name === undefined) continue;
    if (!places.includes(key)) {
      problems.push(problem(key, `a plot of the kind ${kind} has none`, places, "E_UNKNOWN_KEY"));
    } else if (!names.includes(name)) {
      problems.push(problem(key, `there is no factor "${name}"`, names, "E_UNKNOWN_KEY"));
    }
  }
  if (kind === "trace" || problems.length > 0) return problems;
  if (kind !== "phases" && request.quantities.length > 1) {
    problems.push(problem("quantities", `a plot of the kind ${kind} draws one`, [], "E_OUT_OF_RANGE"));
  }
  const units = new Set(quantities.filter(({ name }) => request.quantities.includes(name)).map(({ unit }) => unit));
  if (kind === "phases" && units.size > 1) {
    problems.push(problem("quantities", `${[...units].join(" and ")} do not add`, [], "E_BAD_VALUE"));
  }
  if (request.x === undefined && places.includes("x")) {
    problems.push(problem("x", "a factor for the x axis is needed", names, "E_MISSING_KEY"));
  }
  const shown = cells.filter(({ levels }) => isSelected(levels, request.where ?? {}));
  const levelsOf = (name: string) => [...new Set(shown.map(({ levels }) => levels[name]))];
  if (shown.length === 0) problems.push(problem("where", "no cell is selected", [], "E_BAD_VALUE"));
  for (const { name } of factors) {
    if ([request.x, request.series, request.panel].includes(name) || levelsOf(name).length <= 1) continue;
    const levels = levelsOf(name).map(String);
    problems.push(
      problem("where", `${name} has several levels and no place in the plot: hold it at one`, levels, "E_MISSING_KEY"),
    );
  }
  if (request.series !== undefined && levelsOf(request.series).length > MOST_SERIES) {
    const message = `more than ${MOST_SERIES} series look alike`;
    problems.push(problem("series", message, [], "E_OUT_OF_RANGE"));
  }
  return problems;
}
