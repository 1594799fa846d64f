// One-way delays of ping's echoes, whose requests and replies both ends' captures saw leave and
// arrive. ping waits for no answer before it sends the next, and the far end's kernel answers. A
// machine makes packets late and never early, so the tenth that was fastest stands for the link,
// and how far the median lies above it for the machine.

import type { Check } from "../../../lib/contract/calibration.ts";
import { quantileOf, shapeOf } from "../../../lib/link/jitter-shapes.ts";
import type { Flight } from "../capture.ts";
import { compare, unjudged } from "../check.ts";
import { quantile } from "../statistics/quantile.ts";
import type { Delay, EchoFacts } from "./facts.ts";
import { spreadOfMedian } from "./jitter.ts";

/** Fewer say nothing. */
const MIN_SAMPLES = 8;

/** undefined: too few arrived. */
export function delayOf(flights: readonly Flight[]): Delay | undefined {
  const times = flights
    .flatMap(({ sentAtMillis, arrivedAtMillis }) => (arrivedAtMillis === null ? [] : [arrivedAtMillis - sentAtMillis]))
    .sort((first, second) => first - second);
  if (times.length < MIN_SAMPLES) return undefined;
  const millis = quantile(times, 0.1);
  const [median, late] = [quantile(times, 0.5), quantile(times, 0.9)];
  return { millis, spreadMillis: median - millis, decilesMillis: late - millis, samples: times.length, times };
}

const TOLERANCE_MILLIS = 0.5;
const TOLERANCE_RATIO = 0.001;

/** Of four standard errors, those that a fault may seem smaller by but for 1 in 100. */
const HIDING_RATIO = 2.33 / 4;

/**
 * Holds a direction's delay against its settings: the median where jitter is set, for then the
 * fastest are none of the machine's.
 */
export function checkDelay({ direction, delay: measured, base, sendingMillis }: EchoFacts): Check[] {
  const { delayMillis, jitterMillis, jitterDistribution } = direction;
  const facts = { quantity: "delay", unit: "ms", configured: delayMillis } as const;
  const expected = delayMillis + base.millis + sendingMillis;
  if (measured === undefined) return [unjudged({ ...facts, expected, note: "too few echoes arrived" })];
  if (direction.slots !== null) {
    const note = "packets wait for their slot: how long says the check of slots";
    return [unjudged({ ...facts, measured: measured.millis, samples: measured.samples, note })];
  }
  const tolerance = delayTolerance(delayMillis);
  const path =
    "one way, by ping and both ends' captures; expected is configured, the bare path and the sending of the packet";
  if (jitterMillis === 0) {
    const known = { ...facts, expected, measured: measured.millis, samples: measured.samples };
    const note = `fastest tenth ${path}; 0.5 ms is half of what an RTT may be off`;
    return [doubtful(compare({ ...known, tolerance, note }), measured.spreadMillis + base.spreadMillis)];
  }
  const median = measured.millis + measured.spreadMillis;
  const shape = shapeOf(jitterDistribution);
  const likely = expected + base.spreadMillis + quantileOf(shape, 0.5) * jitterMillis;
  const known = { ...facts, expected: likely, measured: median, samples: measured.samples };
  const error = spreadOfMedian(jitterMillis, measured.samples, shape);
  const note = `median ${path}; ${error.toFixed(2)} ms are for ${measured.samples} echoes of that jitter`;
  const hiding = base.spreadMillis + HIDING_RATIO * error;
  return [doubtful(compare({ ...known, tolerance: tolerance + error, note }), base.spreadMillis, hiding)];
}

export function delayTolerance(delayMillis: number): number {
  return Math.max(TOLERANCE_MILLIS, delayMillis * TOLERANCE_RATIO);
}

/** A delay that is wrong by so much is to be found. */
const FAULT_MILLIS = 2;
const FAULT_RATIO = 0.02;

/**
 * Takes back a verdict that the machine could have made: outside where the distance is no more than
 * tolerance and spread together, within where the spread, or what is given for that, could hide a
 * fault.
 */
export function doubtful(check: Check, spread: number, hiding = spread): Check {
  const { configured, expected, measured, tolerance, verdict } = check;
  const distance = Math.abs((measured ?? 0) - (expected ?? 0));
  const fault = delayFault(configured ?? 0);
  const isCertain = verdict === "within" ? hiding < fault - (tolerance ?? 0) : distance > (tolerance ?? 0) + spread;
  if (isCertain) return check;
  const isWide = verdict === "within" && hiding > spread;
  const note = isWide
    ? `known to ± ${tolerance?.toFixed(2)} ms only`
    : `a busy machine: half of the packets were more than ${spread.toFixed(2)} ms late`;
  return unjudged({ ...check, tolerance: null, note });
}

export function delayFault(delayMillis: number): number {
  return Math.max(FAULT_MILLIS, FAULT_RATIO * delayMillis);
}
