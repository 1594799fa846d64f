// Order statistics of small samples. A busy machine makes packets late and never early, so the
// early ones count.

/** The value below which a share of the sample lies (nearest rank); NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export interface Estimate {
  value: number;
  /** Its uncertainty: a standard error, by the quartiles. */
  error: number;
  samples: number;
}
