// How the latencies that a generator saw are spread: the same quantiles of all generators, because
// some keep every request and others only such quantiles.

import { decodeHistogram } from "../../analysis/stats/histograms.ts";

export interface Quantile {
  /** The share of requests that took no longer. */
  ratio: number;
  micros: number;
}

/** Every hundredth, and what is beyond the last one by tenths of it, twice. */
export const RATIOS: readonly number[] = [
  ...Array.from({ length: 100 }, (_, index) => index / 100),
  ...Array.from({ length: 9 }, (_, index) => 0.991 + index / 1000),
  ...Array.from({ length: 9 }, (_, index) => 0.9991 + index / 10_000),
];

/** Of every request's latency, in any order. */
export function quantilesOf(micros: Float64Array): Quantile[] {
  const sorted = micros.toSorted();
  return RATIOS.map((ratio) => {
    const index = Math.min(sorted.length - 1, Math.floor(ratio * sorted.length));
    return { ratio, micros: sorted[index] ?? Number.NaN };
  });
}

/** Of an HdrHistogram V2 in base64. */
export function quantilesIn(histogram: string): Quantile[] {
  const { values, counts, total } = decodeHistogram(histogram);
  let [at, passed] = [0, counts[0] ?? 0];
  return RATIOS.map((ratio) => {
    while (passed <= ratio * total && at < values.length - 1) {
      at += 1;
      passed += counts[at] as number;
    }
    return { ratio, micros: values[at] ?? Number.NaN };
  });
}

export function microsAt(quantiles: readonly Quantile[], ratio: number): number {
  return quantiles.find((one) => one.ratio >= ratio)?.micros ?? Number.NaN;
}
