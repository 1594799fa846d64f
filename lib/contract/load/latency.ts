// Latencies of a load in HDR histograms, their summary, and the sum of several summaries. Times are
// whole microseconds. Nothing is interpolated: each value is one that was measured.

import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/**
 * Quantiles are within 0.1 % (HDR histogram of three digits); min, max and mean are exact. All are
 * null without samples, and a quantile also if no sample lies beyond it: p90 of fewer than 10, p99
 * of fewer than 100, p999 of fewer than 1000.
 */
export interface LatencySummary {
  count: number;
  minMicros: number | null;
  meanMicros: number | null;
  p50Micros: number | null;
  p90Micros: number | null;
  p99Micros: number | null;
  p999Micros: number | null;
  maxMicros: number | null;
  /** HdrHistogram V2, compressed, base64, in microseconds; only on request. */
  histogram?: string;
}

export interface Latency {
  histogram: Histogram;
  sumMicros: number;
  minMicros: number;
  maxMicros: number;
}

export function emptyLatency(): Latency {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2_000_000,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
  });
  return { histogram, sumMicros: 0, minMicros: Number.POSITIVE_INFINITY, maxMicros: 0 };
}

export function addLatency(latency: Latency, millis: number): void {
  const micros = Math.max(0, Math.round(millis * 1000));
  latency.histogram.recordValue(micros);
  latency.sumMicros += micros;
  if (micros < latency.minMicros) latency.minMicros = micros;
  if (micros > latency.maxMicros) latency.maxMicros = micros;
}

export function summarise({ histogram, sumMicros, minMicros, maxMicros }: Latency, whole: boolean): LatencySummary {
  const count = histogram.totalCount;
  const of = (value: number) => (count === 0 ? null : value);
  // A quantile is the upper end of its bucket, and never above the maximum. If no sample lies
  // beyond it, it would be the maximum.
  const quantile = (percent: number, least: number) =>
    count < least ? null : Math.min(histogram.getValueAtPercentile(percent), maxMicros);
  return {
    count,
    minMicros: of(minMicros),
    meanMicros: of(sumMicros / count),
    p50Micros: quantile(50, 1),
    p90Micros: quantile(90, 10),
    p99Micros: quantile(99, 100),
    p999Micros: quantile(99.9, 1000),
    maxMicros: of(maxMicros),
    ...(whole ? { histogram: encodeIntoCompressedBase64(histogram) } : {}),
  };
}

/** The latencies of summaries with histograms, all together. */
export function togetherOf(summaries: readonly LatencySummary[]): Latency {
  const all = emptyLatency();
  for (const { histogram, count, meanMicros, minMicros, maxMicros } of summaries) {
    if (histogram === undefined || count === 0) continue;
    all.histogram.add(decodeFromCompressedBase64(histogram));
    all.sumMicros += (meanMicros ?? 0) * count;
    all.minMicros = Math.min(all.minMicros, minMicros ?? all.minMicros);
    all.maxMicros = Math.max(all.maxMicros, maxMicros ?? 0);
  }
  return all;
}
