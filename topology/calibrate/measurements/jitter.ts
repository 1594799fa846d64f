// Jitter, if it is set: the spread of the one-way delays of echoes, by the distance of their first
// and ninth deciles, which each distribution has in units of the jitter; deciles, because a machine
// that is late now and then does not move them.

import type { Check } from "../../../lib/contract/calibration.ts";
import { SHAPES, type Shape } from "../../../lib/link/jitter-shapes.ts";
import { compare, unjudged } from "../check.ts";
import { ERRORS } from "../statistics/normal.ts";
import type { EchoFacts } from "./facts.ts";

/** Echoes this far apart do not hold one another up, although packets keep their order. */
export const APART_DEVIATIONS = 6;
/** This many distinguish a jitter from one 1.5 times as wide, except in 1 of 100. */
export const JITTERED_ECHOES = 200;

/** How far the median of this many echoes may lie from the true one. */
export function spreadOfMedian(jitterMillis: number, echoes: number, { medianError }: Shape): number {
  return (ERRORS * medianError * jitterMillis) / Math.sqrt(echoes);
}

/** Echoes whose median is known this well. */
export function echoesForMedian(jitterMillis: number, errorMillis: number, { medianError }: Shape): number {
  return Math.ceil(((ERRORS * medianError * jitterMillis) / errorMillis) ** 2);
}

export function checkJitter({ direction, delay, base }: EchoFacts): Check[] {
  const { jitterMillis, jitterDistribution, slots } = direction;
  const { deciles, decilesError } = SHAPES[jitterDistribution];
  if (jitterMillis === 0) return [];
  const facts = { quantity: "jitter", unit: "ms", configured: jitterMillis, expected: jitterMillis } as const;
  if (delay === undefined) return [unjudged({ ...facts, note: "too few echoes arrived" })];
  if (slots !== null) return [unjudged({ ...facts, note: "packets wait for their slot, which hides it" })];
  const known = { ...facts, measured: delay.decilesMillis / deciles, samples: delay.samples };
  const machine = base.decilesMillis / deciles;
  const ratio = (ERRORS * decilesError) / deciles / Math.sqrt(delay.samples);
  if (delay.samples < JITTERED_ECHOES / 2 || machine > jitterMillis / 2) {
    const note = `${delay.samples} echoes, and the machine alone spreads them by ${machine.toFixed(2)} ms`;
    return [unjudged({ ...known, note })];
  }
  const note = `by the deciles of one-way delays, ${jitterDistribution}; the tolerance is four standard errors of ${delay.samples} echoes`;
  return [compare({ ...known, tolerance: jitterMillis * ratio + machine, note })];
}
