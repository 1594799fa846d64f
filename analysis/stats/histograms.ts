// Quantiles of the requests of a cell, from the HdrHistograms of its runs (V2, base64, as
// lib/contract/load/load.ts has them). Requests of one run share its luck, so the interval comes
// from resampling whole runs, never single requests. A quantile with too few requests beyond it
// says more of single requests than of the cell, and is marked.

import { decodeFromCompressedBase64, type JsHistogram } from "hdr-histogram-js";
import { bootstrap, type Random } from "./bootstrap.ts";
import { type Estimate, withoutInterval } from "./estimate.ts";

/**
 * A histogram's filled buckets, ascending. `values` are each bucket's highest, as HdrHistogram
 * itself gives quantiles.
 */
export interface Buckets {
  values: Float64Array;
  counts: Float64Array;
  total: number;
}

export interface Quantile extends Estimate {
  /** Requests slower than it, of all runs together, are fewer than `FEWEST_BEYOND`. */
  isThin: boolean;
}

/**
 * With ten requests beyond a quantile its own spread, by chance alone, is about a third of those in
 * number.
 */
export const FEWEST_BEYOND = 10;

/** @throws Error when the text is no HdrHistogram V2 */
export function decodeHistogram(base64: string): Buckets {
  const histogram = decodeFromCompressedBase64(base64, 32, false) as JsHistogram;
  const [values, counts]: [number[], number[]] = [[], []];
  let total = 0;
  // Not by the library's iterator, which takes eight times as long as the decoding itself.
  for (let index = 0; total < histogram.totalCount && index < histogram.countsArrayLength; index += 1) {
    const count = histogram.getCountAtIndex(index);
    if (count === 0) continue;
    total += count;
    values.push(histogram.highestEquivalentValue(histogram.valueFromIndex(index)));
    counts.push(count);
  }
  return { values: Float64Array.from(values), counts: Float64Array.from(counts), total };
}

/** All requests together. */
export function mergeHistograms(histograms: readonly Buckets[]): Buckets {
  const sums = new Map<number, number>();
  for (const { values, counts } of histograms) {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      sums.set(value, (sums.get(value) ?? 0) + (counts[at] as number));
    }
  }
  const values = Float64Array.from(sums.keys()).sort();
  const counts = values.map((value) => sums.get(value) as number);
  return { values, counts, total: counts.reduce((sum, count) => sum + count, 0) };
}

/** The smallest bucket that at least `ratio` of the requests do not exceed; NaN of none. */
export function histogramQuantile({ values, counts, total }: Buckets, ratio: number): number {
  const rank = Math.max(1, Math.ceil(ratio * total));
  let passed = 0;
  for (let at = 0; at < values.length; at += 1) {
    passed += counts[at] as number;
    if (passed >= rank) return values[at] as number;
  }
  return Number.NaN;
}

/** The quantiles of all requests together, each with the interval that resampled runs give. */
export function mergedQuantiles(runs: readonly Buckets[], ratios: readonly number[], random: Random): Quantile[] {
  const merged = mergeHistograms(runs);
  if (merged.total === 0) return ratios.map(() => ({ ...withoutInterval(Number.NaN), isThin: true }));
  const table = cumulativeCounts(runs, merged.values);
  return ratios.map((ratio) => {
    const bracket = bracketOf(table, ratio);
    const quantileOf = ([chosen]: readonly Uint32Array[]) =>
      resampledQuantile(table, chosen as Uint32Array, ratio, bracket);
    const estimate = bootstrap([runs.length], quantileOf, random, { resamples: QUANTILE_RESAMPLES });
    return { ...estimate, isThin: merged.total * (1 - ratio) < FEWEST_BEYOND };
  });
}

/**
 * A bound moves by a few per cent of the interval's width with the seed, and a report has thousands
 * of these.
 */
const QUANTILE_RESAMPLES = 400;

interface CumulativeCounts {
  values: Float64Array;
  runs: number;
  /**
   * The requests of each run up to and including each value: all runs of the first value, then of
   * the second.
   */
  counts: Float64Array;
}

function cumulativeCounts(runs: readonly Buckets[], values: Float64Array): CumulativeCounts {
  const counts = new Float64Array(values.length * runs.length);
  for (const [index, run] of runs.entries()) {
    let [at, passed] = [0, 0];
    for (let place = 0; place < values.length; place += 1) {
      if (run.values[at] === values[place]) passed += run.counts[at++] as number;
      counts[place * runs.length + index] = passed;
    }
  }
  return { values, runs: runs.length, counts };
}

/**
 * The places of the quantile in the run where it is lowest and in the one where it is highest: no
 * mixture of runs passes them.
 */
function bracketOf(table: CumulativeCounts, ratio: number): [low: number, high: number] {
  const places = Array.from({ length: table.runs }, (_, run) => {
    return placeOf(table, Uint32Array.of(run), ratio, [0, table.values.length - 1]);
  });
  return [Math.min(...places), Math.max(...places)];
}

function resampledQuantile(
  table: CumulativeCounts,
  chosen: Uint32Array,
  ratio: number,
  bracket: [number, number],
): number {
  return table.values[placeOf(table, chosen, ratio, bracket)] as number;
}

/** By halving the values, because the counts of the chosen runs together never fall. */
function placeOf(
  { values, runs, counts }: CumulativeCounts,
  chosen: Uint32Array,
  ratio: number,
  bracket: [number, number],
): number {
  const rank = Math.max(1, Math.ceil(ratio * sumAt(counts, (values.length - 1) * runs, chosen)));
  let [low, high] = bracket;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sumAt(counts, middle * runs, chosen) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sumAt(counts: Float64Array, from: number, chosen: Uint32Array): number {
  let sum = 0;
  for (let at = 0; at < chosen.length; at += 1) sum += counts[from + (chosen[at] as number)] as number;
  return sum;
}
