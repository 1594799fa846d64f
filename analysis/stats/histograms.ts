// Quantiles of the requests of a cell, from the HdrHistograms of its runs (V2, base64, as
// lib/contract/load/load.ts has them). Requests of one run share its luck, so the unit is the run's
// own quantile, never a single request: interpolated between neighbouring ranks as type 8 of
// Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
// which is nearly median-unbiased whatever the distribution. A quantile with too few requests
// beyond it says more of single requests than of the cell, and is marked: too few of all, or of a
// run, for where tails are long the mean of many runs' own is too large.

import { decodeFromCompressedBase64, type JsHistogram } from "hdr-histogram-js";
import { type Estimate, withoutInterval } from "./estimate.ts";
import { meanWithInterval } from "./mean-interval.ts";

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
  /** Requests slower than it are fewer than `FEWEST_BEYOND`, or a run's than its own fewest. */
  isThin: boolean;
}

/**
 * With ten requests beyond a quantile its own spread, by chance alone, is about a third of those in
 * number.
 */
export const FEWEST_BEYOND = 10;

/**
 * With one request beyond p99, its mean over runs is 5 % too large for exponential tails and 17 %
 * for log-normal ones, and of twenty runs the interval holds in 74 to 85 of a hundred; with five it
 * is 1 to 3 % and 94 (tests/slow/interval-coverage.test.ts).
 */
export const FEWEST_BEYOND_OF_RUN = 5;

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

/**
 * Between the values of the two ranks around the quantile; NaN where there are too few requests for
 * one of them: p99 takes 67 requests, p90 seven.
 */
export function histogramQuantile({ values, counts, total }: Buckets, ratio: number): number {
  if (!holdsQuantile(total, ratio)) return Number.NaN;
  const place = placeOf(total, ratio);
  const rank = Math.floor(place);
  let passed = 0;
  for (let at = 0; at < values.length; at += 1) {
    passed += counts[at] as number;
    if (passed < rank) continue;
    const value = values[at] as number;
    const next = passed > rank ? value : (values[at + 1] ?? value);
    return value + (place - rank) * (next - value);
  }
  return Number.NaN;
}

/** Whether so many requests have a rank on either side of the quantile. */
function holdsQuantile(total: number, ratio: number): boolean {
  const place = placeOf(total, ratio);
  return place >= 1 && place <= total;
}

/** The quantile's place among the sorted requests, 1 being the first. */
function placeOf(total: number, ratio: number): number {
  return Math.round(1e9 * ((total + 1 / 3) * ratio + 1 / 3)) / 1e9; // thirds are no whole numbers
}

/**
 * The quantiles of a run's requests: the mean of the runs' own, with Student's interval. Where a
 * run has too few requests for its own, it is that of all requests together, without an interval,
 * and NaN where these are too few as well. tests/slow/interval-coverage.test.ts shows what the
 * interval covers, and that resampled runs give p99 one that is too narrow: one unlucky run decides
 * the tail of all requests together.
 */
export function requestQuantiles(runs: readonly Buckets[], ratios: readonly number[]): Quantile[] {
  const requests = runs.reduce((sum, { total }) => sum + total, 0);
  if (requests === 0) return ratios.map(() => ({ ...withoutInterval(Number.NaN), isThin: true }));
  return ratios.map((ratio) => {
    const haveOwn = runs.every(({ total }) => holdsQuantile(total, ratio));
    const estimate = haveOwn
      ? meanWithInterval(runs.map((run) => histogramQuantile(run, ratio)))
      : withoutInterval(histogramQuantile(mergeHistograms(runs), ratio));
    const isThinRun = runs.some(({ total }) => beyond(total, ratio) < FEWEST_BEYOND_OF_RUN);
    return { ...estimate, isThin: isThinRun || beyond(requests, ratio) < FEWEST_BEYOND };
  });
}

/** How many of so many requests lie beyond a quantile. */
function beyond(total: number, ratio: number): number {
  return Math.round(1e6 * total * (1 - ratio)) / 1e6; // 1 - 0.99 is no hundredth
}
