// The interval of a mean count, such as time-outs of a run. Rare events are no Student's case: of
// ten runs without any, it would say that there are none, and of a few it would reach below zero.
// There the exact bounds of a Poisson mean stand: Garwood, "Fiducial limits for the Poisson
// distribution", Biometrika 28 (1936), or Student's where counts scatter more than Poisson's do.

import { CONFIDENCE, type Estimate } from "./estimate.ts";
import { meanWithInterval } from "./mean-interval.ts";

/** The mean of whole numbers that are not negative, with its interval. */
export function countWithInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const student = meanWithInterval(values, confidence);
  const { value, lower, upper } = student;
  if (lower === null || lower > 0) return student;
  const total = values.reduce((sum, count) => sum + count, 0);
  const [least, most] = garwood(total, confidence).map((bound) => bound / values.length) as [number, number];
  return { value, lower: least, upper: Math.max(most, upper as number) };
}

function garwood(count: number, confidence: number): [lower: number, upper: number] {
  const tail = (1 - confidence) / 2;
  const lower = count === 0 ? 0 : meanWhere(count, (mean) => 1 - atMost(count - 1, mean) < tail);
  return [lower, meanWhere(count, (mean) => atMost(count, mean) > tail)];
}

/** Probability of at most `count` events at their mean. */
function atMost(count: number, mean: number): number {
  let [logTerm, sum] = [-mean, Math.exp(-mean)];
  for (let events = 1; events <= count; events += 1) {
    logTerm += Math.log(mean / events);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** The mean at which `isBelow` turns from true to false; 50 halvings leave less than 1e-12. */
function meanWhere(count: number, isBelow: (mean: number) => boolean): number {
  let [low, high] = [0, 2 * count + 20];
  for (let halving = 0; halving < 50; halving += 1) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
