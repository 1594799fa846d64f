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

/** A value without an interval. */
export function withoutInterval(value: number): Estimate {
  return { value, lower: null, upper: null };
}

/** The image of an estimate under a monotone function, such as a division by a constant. */
export function mapEstimate({ value, lower, upper }: Estimate, map: (value: number) => number): Estimate {
  if (lower === null || upper === null) return withoutInterval(map(value));
  const [one, other] = [map(lower), map(upper)];
  return { value: map(value), lower: Math.min(one, other), upper: Math.max(one, other) };
}
