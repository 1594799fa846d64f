// Jitter, where it is set: how far the one-way delays of echoes spread. netem's is normal, so the distance of the first
// from the ninth decile is 2.563 standard deviations; deciles, because a machine that was late now and then moves no decile.

import type { Check } from "../../../lib/contract/calibration.ts";
import { compare, unjudged } from "../check.ts";
import type { EchoFacts } from "./facts.ts";

const DECILES_DEVIATIONS = 2.563;
/** Echoes so far apart do not hold one another up, though packets keep their order. */
export const APART_DEVIATIONS = 6;
/** So many tell a jitter from one that is 1.5 times as wide, but for 1 in 100. */
export const JITTERED_ECHOES = 200;
/** Standard error of the spread by the deciles of `n` normal values, as a ratio: 0.889 / sqrt(n) (David, Order Statistics). */
const DECILES_ERROR = 0.889;
/** And of the median, in standard deviations. */
const MEDIAN_ERROR = 1.253;
/** A normal error exceeds so many standard errors once in 16,000. */
const ERRORS = 4;

/** How far the median of so many echoes may lie from the true one. */
export function spreadOfMedian(jitterMillis: number, echoes: number): number {
  return (ERRORS * MEDIAN_ERROR * jitterMillis) / Math.sqrt(echoes);
}

/** Echoes whose median is known to so much. */
export function echoesForMedian(jitterMillis: number, errorMillis: number): number {
  return Math.ceil(((ERRORS * MEDIAN_ERROR * jitterMillis) / errorMillis) ** 2);
}

export function checkJitter({ direction: { jitterMillis }, delay, base }: EchoFacts): Check[] {
  if (jitterMillis === 0) return [];
  const facts = { quantity: "jitter", unit: "ms", configured: jitterMillis, expected: jitterMillis } as const;
  if (delay === undefined) return [unjudged({ ...facts, note: "too few echoes arrived" })];
  const known = { ...facts, measured: delay.decilesMillis / DECILES_DEVIATIONS, samples: delay.samples };
  const machine = base.decilesMillis / DECILES_DEVIATIONS;
  const ratio = (ERRORS * DECILES_ERROR) / Math.sqrt(delay.samples);
  if (delay.samples < JITTERED_ECHOES / 2 || machine > jitterMillis / 2) {
    const note = `${delay.samples} echoes, and the machine alone spreads them by ${machine.toFixed(2)} ms`;
    return [unjudged({ ...known, note })];
  }
  const note = `by the deciles of one-way delays; the tolerance is four standard errors of ${delay.samples} echoes`;
  return [compare({ ...known, tolerance: jitterMillis * ratio + machine, note })];
}
