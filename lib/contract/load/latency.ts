// Latencies of a load in HDR histograms, their summary, and the sum of several summaries. Times are
// whole microseconds. Nothing is interpolated: each value is one that was measured, but the median
// of an even number, which is the mean of the two in the middle. While a load runs, its latencies
// are counted in the histogram's buckets by their number alone, which takes a tenth of the time.

import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  type JsHistogram,
} from "hdr-histogram-js";

/**
 * Quantiles are within 0.1 % (HDR histogram of three digits); min, max and mean are exact, and the
 * median of up to four. All are null without samples, and a quantile also if no sample lies beyond
 * it: p90 of fewer than 10, p99 of fewer than 100, p999 of fewer than 1000.
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

/** Counts while a load runs. */
export interface LatencyCounts {
  /** By the number of the histogram's bucket. */
  counts: Uint32Array;
  sumMicros: number;
  minMicros: number;
  maxMicros: number;
}

export interface Latency {
  histogram: Histogram;
  sumMicros: number;
  minMicros: number;
  maxMicros: number;
}

/** Each microsecond below has a bucket of its own; so has each 1024th of an octave above. */
const EXACT_MICROS = 2048;
const BUCKETS_PER_OCTAVE = EXACT_MICROS / 2;
/** More than an hour, the longest time-out; what is longer counts in the last bucket. */
const MOST_MICROS = 2 ** 32 - 1;

export function emptyLatency(): LatencyCounts {
  const counts = new Uint32Array(bucketOf(MOST_MICROS) + 1);
  return { counts, sumMicros: 0, minMicros: Number.POSITIVE_INFINITY, maxMicros: 0 };
}

/** Whole microseconds, none negative. */
export function microsOf(millis: number): number {
  return Math.max(0, Math.round(millis * 1000));
}

export function addLatency(latency: LatencyCounts, micros: number): void {
  const bucket = bucketOf(micros);
  latency.counts[bucket] = (latency.counts[bucket] as number) + 1;
  latency.sumMicros += micros;
  latency.minMicros = Math.min(latency.minMicros, micros);
  latency.maxMicros = Math.max(latency.maxMicros, micros);
}

/** The histogram of what was counted. */
export function latencyOf({ counts, sumMicros, minMicros, maxMicros }: LatencyCounts): Latency {
  const histogram = emptyHistogram();
  for (const [bucket, count] of counts.entries()) if (count > 0) histogram.recordValueWithCount(leastOf(bucket), count);
  return { histogram, sumMicros, minMicros, maxMicros };
}

function bucketOf(micros: number): number {
  if (micros < EXACT_MICROS) return micros;
  const bounded = Math.min(micros, MOST_MICROS);
  const octave = 21 - Math.clz32(bounded);
  return octave * BUCKETS_PER_OCTAVE + (bounded >>> octave);
}

/** The least value of a bucket. */
function leastOf(bucket: number): number {
  if (bucket < EXACT_MICROS) return bucket;
  const octave = Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1;
  return (bucket - octave * BUCKETS_PER_OCTAVE) * 2 ** octave;
}

function emptyHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2_000_000,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
  });
}

export function summarise(latency: Latency, whole: boolean): LatencySummary {
  const { histogram, sumMicros, minMicros, maxMicros } = latency;
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
    p50Micros: of(medianOf(latency)),
    p90Micros: quantile(90, 10),
    p99Micros: quantile(99, 100),
    p999Micros: quantile(99.9, 1000),
    maxMicros: of(maxMicros),
    ...(whole ? { histogram: encodeIntoCompressedBase64(histogram) } : {}),
  };
}

/** Of few by what the extremes leave of the sum, which is exact. */
function medianOf({ histogram, sumMicros, minMicros, maxMicros }: Latency): number {
  const count = histogram.totalCount;
  if (count <= 2) return sumMicros / count;
  if (count <= 4) return (sumMicros - minMicros - maxMicros) / (count - 2);
  const atRank = (rank: number) => histogram.getValueAtPercentile((100 * (rank - 0.5)) / count);
  const middle = (atRank(Math.ceil(count / 2)) + atRank(Math.floor(count / 2) + 1)) / 2;
  return Math.min(middle, maxMicros);
}

/** The latencies of summaries with histograms, all together. */
export function togetherOf(summaries: readonly LatencySummary[]): Latency {
  const all = {
    histogram: emptyHistogram(),
    sumMicros: 0,
    minMicros: Number.POSITIVE_INFINITY,
    maxMicros: 0,
  };
  for (const { histogram, count, meanMicros, minMicros, maxMicros } of summaries) {
    if (histogram === undefined || count === 0) continue;
    all.histogram.add(decodeFromCompressedBase64(histogram));
    all.sumMicros += (meanMicros ?? 0) * count;
    all.minMicros = Math.min(all.minMicros, minMicros ?? all.minMicros);
    all.maxMicros = Math.max(all.maxMicros, maxMicros ?? 0);
  }
  return all;
}

/** How many lie above the bound before each bound and not above it. */
export function countsUpTo({ histogram = "" }: LatencySummary, boundsMicros: readonly number[]): number[] {
  const counts = boundsMicros.map(() => 0);
  const all = decodeFromCompressedBase64(histogram, 32, false) as JsHistogram;
  let seen = 0;
  let row = 0;
  for (let index = 0; seen < all.totalCount && index < all.countsArrayLength; index++) {
    const count = all.getCountAtIndex(index);
    while (row < counts.length - 1 && all.valueFromIndex(index) > (boundsMicros[row] ?? 0)) row++;
    counts[row] = (counts[row] ?? 0) + count;
    seen += count;
  }
  return counts;
}
