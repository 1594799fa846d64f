// When a cell has been measured often enough: after a fixed number of runs, or when the 95 %
// interval of a quantity's mean is narrow. Looking after each run makes intervals a little too
// narrow at the moment of stopping, so no cell stops before `atLeast`.

import type { Repetitions, Run } from "../analysis/results.ts";
import { meanWithInterval } from "../analysis/stats/mean-interval.ts";

/** Whether the runs of one cell suffice; void ones do not count. */
export function isEnough(runs: readonly Run[], { atLeast, atMost, until }: Repetitions): boolean {
  const valid = runs.filter(({ voidReason }) => voidReason === null);
  if (valid.length >= atMost) return true;
  if (valid.length < atLeast || until === null) return false;
  const reached = halfWidthRatio(valid, until.quantity);
  return reached !== null && reached <= until.withinRatio;
}

/** Half the width of the interval divided by the mean; null without an interval. */
export function halfWidthRatio(runs: readonly Run[], quantity: string): number | null {
  const values = runs.flatMap((run) => {
    const value = run.voidReason === null ? run.values[quantity] : null;
    return typeof value === "number" ? [value] : [];
  });
  if (values.length < 2) return null;
  const { value, lower, upper } = meanWithInterval(values);
  if (lower === null || upper === null || value === 0) return null;
  return (upper - lower) / 2 / Math.abs(value);
}
