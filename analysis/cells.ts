// The runs of a study, cell by cell: each quantity with its interval. The unit is the run, because
// requests of one run share its luck. Void runs do not count but are kept with their reasons.

import { RttlabError } from "../lib/errors.ts";
import { countedIn } from "./counts.ts";
import { digits } from "./format.ts";
import { type Cell, isSelected, type Manifest, placesSaturated, type Run, type Saturated } from "./results.ts";
import { type Counted, countRateWithInterval } from "./stats/count-interval.ts";
import { type Estimate, withoutInterval } from "./stats/estimate.ts";
import { type Buckets, decodeHistogram, type Quantile, requestQuantiles } from "./stats/histograms.ts";
import { meanWithInterval } from "./stats/mean-interval.ts";
import { medianWithInterval } from "./stats/median-interval.ts";
import { standardDeviation } from "./stats/summary.ts";

export interface QuantitySummary {
  quantity: string;
  /** Of runs that count, in running order. */
  values: readonly number[];
  /** Where these are counts, or such by transfer. */
  counted: Counted | null;
  mean: Estimate;
  median: Estimate;
  standardDeviation: number;
  /**
   * Why there are no values although there are runs, by the study's `needs`; null if there are
   * values.
   */
  cannotTell: string | null;
}

/** Quantiles of the requests of a run, in seconds (stats/histograms.ts). */
export interface LatencyQuantiles {
  quantity: string;
  requests: number;
  quantiles: readonly { ratio: number; quantile: Quantile }[];
}

export interface CellSummary {
  cell: Cell;
  /** Runs that count. */
  runs: readonly Run[];
  voids: readonly Run[];
  quantities: ReadonlyMap<string, QuantitySummary>;
  /** Of quantities of which the cell can tell. */
  latencies: ReadonlyMap<string, LatencyQuantiles>;
  /** How many of the runs were saturated at each place; one may be at several. */
  saturated: Readonly<Partial<Record<Saturated, number>>>;
}

const RATIOS = [0.5, 0.9, 0.99];
const MICROS = 1e6;

/** One summary for each cell of the manifest, in its order, including cells without runs. */
export function summarizeCells(manifest: Manifest, runs: Iterable<Run>): CellSummary[] {
  const byCell = new Map<string, Run[]>(manifest.cells.map(({ id }) => [id, []]));
  for (const run of runs) byCell.get(run.cell)?.push(run);
  return manifest.cells.map((cell) => summarizeCell(cell, byCell.get(cell.id) as Run[], manifest));
}

function summarizeCell(cell: Cell, all: readonly Run[], manifest: Manifest): CellSummary {
  const runs = all.filter(({ voidReason }) => voidReason === null);
  const saturated: Partial<Record<Saturated, number>> = {};
  for (const place of runs.flatMap(placesSaturated)) saturated[place] = (saturated[place] ?? 0) + 1;
  const quantities = new Map(
    manifest.quantities.map(({ name }) => [name, summarizeQuantity(name, cell, runs, manifest)]),
  );
  const names = new Set(runs.flatMap(({ histograms = {} }) => Object.keys(histograms)));
  const known = [...names].filter((name) => canTell({ quantities }, name)).sort();
  return {
    cell,
    runs,
    voids: all.filter(({ voidReason }) => voidReason !== null),
    quantities,
    latencies: new Map(known.map((name) => [name, summarizeLatency(name, runs)])),
    saturated,
  };
}

/** Whether the runs hold what the study `needs` for a quantity. */
export function canTell({ quantities }: Pick<CellSummary, "quantities">, quantity: string): boolean {
  return (quantities.get(quantity)?.cannotTell ?? null) === null;
}

function summarizeQuantity(quantity: string, cell: Cell, runs: readonly Run[], manifest: Manifest): QuantitySummary {
  const { needs = [], quantities } = manifest;
  const lacking = needs
    .filter((need) => need.of === quantity && isSelected(cell.levels, need.where ?? {}))
    .map((need) => ({ need, found: leastOf(need.quantity, runs) }))
    .find(({ need, found }) => found === null || found < need.atLeast);
  const label = quantities.find(({ name }) => name === lacking?.need.quantity)?.label ?? lacking?.need.quantity;
  const values = lacking === undefined ? valuesOf(quantity, runs) : [];
  const counted = lacking === undefined ? countedIn(quantity, runs, manifest) : null;
  const none = withoutInterval(Number.NaN);
  return {
    quantity,
    values,
    counted,
    mean: counted !== null ? countRateWithInterval(counted) : values.length > 0 ? meanWithInterval(values) : none,
    median: values.length === 0 ? none : medianWithInterval(values),
    standardDeviation: standardDeviation(values),
    cannotTell:
      lacking === undefined
        ? null
        : `cannot tell: ${lacking.found === null ? "unknown in a run" : `as few as ${digits(lacking.found)} a run`}, ${lacking.need.atLeast} needed (${label})`,
  };
}

/** Of all runs, Infinity of none; null if a run lacks it. */
function leastOf(quantity: string, runs: readonly Run[]): number | null {
  const values = valuesOf(quantity, runs);
  return values.length < runs.length ? null : Math.min(...values);
}

function valuesOf(quantity: string, runs: readonly Run[]): number[] {
  return runs.map((run) => run.values[quantity] ?? null).filter((value) => value !== null);
}

function summarizeLatency(quantity: string, runs: readonly Run[]): LatencyQuantiles {
  const decoded = runs.flatMap((run) => {
    const text = run.histograms?.[quantity];
    return text === undefined ? [] : [readHistogram(text, run, quantity)];
  });
  const quantiles = requestQuantiles(decoded, RATIOS);
  return {
    quantity,
    requests: decoded.reduce((sum, { total }) => sum + total, 0),
    quantiles: RATIOS.map((ratio, index) => ({ ratio, quantile: inSeconds(quantiles[index] as Quantile) })),
  };
}

function readHistogram(text: string, { index }: Run, quantity: string): Buckets {
  try {
    return decodeHistogram(text);
  } catch (cause) {
    const message = `read the histogram "${quantity}" of run ${index}: it is no HdrHistogram V2 in base64`;
    throw new RttlabError("E_BAD_RESULTS", message, { cause });
  }
}

function inSeconds({ value, lower, upper, isThin }: Quantile): Quantile {
  const seconds = (micros: number | null) => (micros === null ? null : micros / MICROS);
  return { value: value / MICROS, lower: seconds(lower), upper: seconds(upper), isThin };
}
