// How many times one mean is another, of independent groups of runs of positive values. On the
// logarithm, where a ratio and its inverse are alike: the variance by the delta method (Casella and
// Berger, "Statistical Inference", 5.5.4), the degrees of freedom by Welch, "The generalization of
// Student's problem", Biometrika 34 (1947). A formula and no bootstrap, because the correction for
// many comparisons needs tails far beyond what a thousand resamples show.

import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";
import { criticalT, twoSidedTail } from "./student.ts";
import { mean, variance } from "./summary.ts";

export interface Ratio {
  value: number;
  logarithm: number;
  /**
   * Of the logarithm; null where a group has fewer than two runs, or a mean that is not positive.
   */
  standardError: number | null;
  degrees: number;
}

/** mean(numerator) / mean(denominator) and its spread. */
export function ratioOfMeans(numerator: readonly number[], denominator: readonly number[]): Ratio {
  const parts = [numerator, denominator].map((values) => ({
    mean: mean(values),
    squared: variance(values) / (values.length * mean(values) ** 2),
    degrees: values.length - 1,
  })) as [Part, Part];
  const value = parts[0].mean / parts[1].mean;
  const spread = parts[0].squared + parts[1].squared;
  const isKnown = parts.every((part) => part.degrees > 0 && part.mean > 0);
  if (!isKnown) return { value, logarithm: Math.log(value), standardError: null, degrees: 0 };
  const degrees = spread === 0 ? parts[0].degrees + parts[1].degrees : welchDegrees(parts);
  return { value, logarithm: Math.log(value), standardError: Math.sqrt(spread), degrees };
}

interface Part {
  mean: number;
  squared: number;
  degrees: number;
}

function welchDegrees(parts: readonly Part[]): number {
  const sum = parts.reduce((total, { squared }) => total + squared, 0);
  return sum ** 2 / parts.reduce((total, { squared, degrees }) => total + squared ** 2 / degrees, 0);
}

export function ratioInterval({ value, logarithm, standardError, degrees }: Ratio, confidence = CONFIDENCE): Estimate {
  if (standardError === null) return withoutInterval(value);
  const reach = standardError === 0 ? 0 : criticalT(degrees, confidence) * standardError;
  return { value, lower: Math.exp(logarithm - reach), upper: Math.exp(logarithm + reach) };
}

/** The probability of a ratio at least so far from 1 where the means are equal. */
export function ratioProbability({ logarithm, standardError, degrees }: Ratio): number | null {
  if (standardError === null) return null;
  if (standardError === 0) return logarithm === 0 ? 1 : 0;
  return twoSidedTail(logarithm / standardError, degrees);
}
