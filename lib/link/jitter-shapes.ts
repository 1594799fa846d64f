// How jitter is distributed: what netem makes of each of its distributions, in units of the jitter,
// which is netem's parameter. The tables of pareto and paretonormal end at four times it, which
// leaves deviations of 0.82 and 0.83 of it and medians below 0. Source: the tables of iproute2
// 6.15, of which these are the quantiles.

export interface Shape {
  /** No packet is earlier than the delay by more. */
  lowest: number;
  /** None is later. */
  highest: number;
  median: number;
  /** From the first to the ninth decile. */
  deciles: number;
  /**
   * Standard errors of the median and of the deciles' distance over `n` packets, times sqrt(n): by
   * the densities there (David, Order Statistics).
   */
  medianError: number;
  decilesError: number;
}

export const SHAPES = {
  normal: { lowest: -4, highest: 4, median: 0, deciles: 2.563, medianError: 1.253, decilesError: 2.28 },
  uniform: { lowest: -1, highest: 1, median: 0, deciles: 1.6, medianError: 1, decilesError: 0.8 },
  pareto: { lowest: -0.667, highest: 4, median: -0.32, deciles: 1.491, medianError: 0.557, decilesError: 2.92 },
  paretonormal: { lowest: -1.503, highest: 4, median: -0.24, deciles: 1.759, medianError: 0.73, decilesError: 2.63 },
} as const satisfies Readonly<Record<string, Shape>>;

export type Distribution = keyof typeof SHAPES;
