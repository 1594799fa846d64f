// Jitter, if it is set: the spread of the one-way delays of echoes. netem's is normal, so the first
// and ninth decile are 2.563 standard deviations apart; deciles, because a machine that is late now
// and then does not move them.

import type { Check } from "../../../lib/contract/calibration.ts";
import { compare, unjudged } from "../check.ts";
import type { EchoFacts } from "./facts.ts";

const DECILES_DEVIATIONS = 2.563;
/** Echoes this far apart do not hold one another up, although packets keep their order. */
export const APART_DEVIATIONS = 6;
/** This many distinguish a jitter from one 1.5 times as wide, except in 1 of 100. */
export const JITTERED_ECHOES = 200;
/**
 * Standard error of the spread by the deciles of `n` normal values, as a ratio: 0.889 / sqrt(n)
 * (David, Order Statistics).
 */
const DECILES_ERROR = 0.889;
/** And of the median, in standard deviations. */
const MEDIAN_ERROR = 1.253;
/** A normal error exceeds this many standard errors once in 16,000. */
const ERRORS = 4;

/** How far the median of this many echoes may lie from the true one. */
export function spreadOfMedian(jitterMillis: number, echoes: number): number {
  return (ERRORS * MEDIAN_ERROR * jitterMillis) / Math.sqrt(echoes);
}

/** Echoes whose median is known this well. */
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
