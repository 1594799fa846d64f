// A number computed from runs and how sure it is: the value, and the interval at a confidence. Too
// few runs give no interval.

export interface Estimate {
  value: number;
  /** Bounds of the interval; null where the data do not give one. */
  lower: number | null;
  upper: number | null;
}

/** The confidence of every interval that says nothing else. */
export const CONFIDENCE = 0.95;

/** A value whose interval the data do not give. */
export function withoutInterval(value: number): Estimate {
  return { value, lower: null, upper: null };
}

/** The image of an estimate under a monotone function, such as a division by a constant. */
export function mapEstimate({ value, lower, upper }: Estimate, map: (value: number) => number): Estimate {
  if (lower === null || upper === null) return withoutInterval(map(value));
  const [one, other] = [map(lower), map(upper)];
  return { value: map(value), lower: Math.min(one, other), upper: Math.max(one, other) };
}
