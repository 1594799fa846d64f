// A number computed from runs with its uncertainty: the value, and the interval at a confidence.
// Too few runs give no interval.

export interface Estimate {
  value: number;
  /** Bounds of the interval; null if the data give none. */
  lower: number | null;
  upper: number | null;
}

/** The confidence of every interval that states no other. */
export const CONFIDENCE = 0.95;

/** Bonferroni: the confidence of each of so many intervals that hold together at CONFIDENCE. */
export function confidenceOfEach(count: number): number {
  return 1 - (1 - CONFIDENCE) / Math.max(1, count);
}

/** A value without an interval. */
export function withoutInterval(value: number): Estimate {
  return { value, lower: null, upper: null };
}

/**
 * The image of an estimate under a function that is monotone on either side of 0: a sum, a power, a
 * reciprocal, the value without its sign. None of an interval in which it has no bounds.
 */
export function mapEstimate({ value, lower, upper }: Estimate, map: (value: number) => number): Estimate {
  if (lower === null || upper === null) return withoutInterval(map(value));
  const turns = lower < 0 && upper > 0 ? [lower, 0, upper] : [lower, upper];
  const images = turns.map(map);
  if (!images.every(Number.isFinite)) return withoutInterval(map(value));
  return { value: map(value), lower: Math.min(...images), upper: Math.max(...images) };
}
