// The interval of a mean count, such as time-outs of a run. Rare events are no Student's case: of
// ten runs without any, it would say that there are none, and of a few it would reach below zero.
// There the exact bounds of a Poisson mean stand: Garwood, "Fiducial limits for the Poisson
// distribution", Biometrika 28 (1936), or Student's if that is wider. Counts that scatter more than
// Poisson's do (Fisher's index of dispersion) come in bursts: bounds of a mean of few of them are
// Student's below, or zero, and on the logarithm above, since they are most often too much alike.

import { bisect } from "../../lib/binomial.ts";
import { CONFIDENCE, type Estimate, mapEstimate } from "./estimate.ts";
import { meanWithInterval } from "./mean-interval.ts";
import { mean } from "./summary.ts";

/** The mean of counts, with its interval. */
export function countWithInterval(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  const student = meanWithInterval(values, confidence);
  const { value, lower, upper } = student;
  if (lower === null || upper === null) return student;
  if (isRare(values)) {
    const [least, most] = garwood(Math.round(value * values.length), confidence).map((bound) => bound / values.length);
    return { value, lower: least as number, upper: Math.max(most as number, upper) };
  }
  if (!isOverDispersed(values)) return student;
  return { value, lower: Math.max(0, lower), upper: value * Math.exp(upper / value - 1) };
}

/** Events of each run, and its opportunities for them: transfers, or 1 of a run as such. */
export interface Counted {
  counts: readonly number[];
  exposures: readonly number[];
}

/** The mean of counts by exposure, with its interval. A quotient of whole numbers is no count. */
export function countRateWithInterval(counted: Counted, confidence: number = CONFIDENCE): Estimate {
  const scale = mean(counted.exposures);
  return mapEstimate(countWithInterval(atMeanExposure(counted), confidence), (count) => count / scale);
}

/** The counts that the same rates would give at the mean exposure. */
export function atMeanExposure({ counts, exposures }: Counted): number[] {
  const scale = mean(exposures);
  return counts.map((count, run) => count * (scale / (exposures[run] as number)));
}

/**
 * Whether so few events say more by their total than by their spread: Student's interval reaches
 * zero, or they are alike by chance.
 */
export function isRare(values: readonly number[]): boolean {
  const { lower } = meanWithInterval(values);
  return isAlike(values) ? alikeProbability(values) > 1 - CONFIDENCE : (lower ?? 0) <= 0 && !isOverDispersed(values);
}

function isAlike(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** That as many events as these fall on the runs evenly: of constants that is most improbable. */
function alikeProbability(values: readonly number[]): number {
  const { length } = values;
  const [each = 0] = values;
  let probability = 1;
  // each factor is 1 or less, so that what is small stays so
  for (let event = 1; event <= each * length && probability > 1e-9; event += 1)
    probability *= event / length / Math.ceil(event / length);
  return probability;
}

/** Whether the sample's variance is above its mean; in whole numbers, for equality is frequent. */
export function isOverDispersed(values: readonly number[]): boolean {
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
