// The interval of a mean of runs: Student, "The probable error of a mean", Biometrika 6 (1908).
// Exact for normal values, and near it for means of runs, which are averages themselves.

import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";
import { criticalT } from "./student.ts";
import { mean, standardDeviation } from "./summary.ts";

/** The mean with its interval; without one below two values. */
export function meanWithInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const value = mean(values);
  if (values.length < 2) return withoutInterval(value);
  const reach = (criticalT(values.length - 1, confidence) * standardDeviation(values)) / Math.sqrt(values.length);
  return { value, lower: value - reach, upper: value + reach };
}
