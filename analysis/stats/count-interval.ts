// The interval of a mean count, such as time-outs of a run. Rare events are no Student's case: of
// ten runs without any, it would say that there are none, and of a few it would reach below zero.
// There the exact bounds of a Poisson mean stand: Garwood, "Fiducial limits for the Poisson
// distribution", Biometrika 28 (1936), or Student's if that is wider. Counts that scatter more than
// Poisson's do (Fisher's index of dispersion: variance over mean, 1 of a Poisson distribution) are
// of events in bursts, whose total says little of their mean: Student's lower bound, or zero, and
// an upper bound on the logarithm, since a few of such counts are most often too small, and then
// too much alike.

import { bisect } from "../../lib/binomial.ts";
import { CONFIDENCE, type Estimate } from "./estimate.ts";
import { meanWithInterval } from "./mean-interval.ts";

/** The mean of whole numbers that are not negative, with its interval. */
export function countWithInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const student = meanWithInterval(values, confidence);
  const { value, lower, upper } = student;
  if (lower === null || upper === null || value === 0 || !isOverDispersed(values))
    return rareOr(student, values, confidence);
  return { value, lower: Math.max(0, lower), upper: value * Math.exp(upper / value - 1) };
}

/** Student's interval, or that of a Poisson mean where Student's would reach zero. */
function rareOr(student: Estimate, values: readonly number[], confidence: number): Estimate {
  const { value, lower, upper } = student;
  if (lower === null || lower > 0) return student;
  const total = values.reduce((sum, count) => sum + count, 0);
  const [least, most] = garwood(total, confidence).map((bound) => bound / values.length) as [number, number];
  return { value, lower: least, upper: Math.max(most, upper as number) };
}

/** Whether the sample's variance is above its mean; in whole numbers, for equality is frequent. */
function isOverDispersed(values: readonly number[]): boolean {
  let [sum, squares] = [0, 0];
  for (const count of values) [sum, squares] = [sum + count, squares + count * count];
  return values.length * squares - sum * sum > (values.length - 1) * sum;
}

function garwood(count: number, confidence: number): [lower: number, upper: number] {
  const tail = (1 - confidence) / 2;
  const most = 2 * count + 20;
  const lower = count === 0 ? 0 : bisect((mean) => 1 - atMost(count - 1, mean) < tail, most);
  return [lower, bisect((mean) => atMost(count, mean) > tail, most)];
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
