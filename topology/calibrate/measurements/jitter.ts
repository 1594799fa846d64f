// Jitter, if it is set: the spread of the one-way delays of echoes, by the distance of their first
// and ninth deciles, which each distribution has in units of the jitter; deciles, because a machine
// that is late now and then does not move them.

import { bisect } from "../../../lib/binomial.ts";
import type { Check } from "../../../lib/contract/calibration.ts";
import { highestOf, lowestOf, quantileOf, type Shape, shapeOf, shareUpTo } from "../../../lib/link/jitter-shapes.ts";
import { compare, unjudged } from "../check.ts";
import { ERRORS } from "../statistics/normal.ts";
import type { EchoFacts } from "./facts.ts";

/** This many tell a normal distribution from each other one of netem's (jitter-shape.ts). */
export const JITTERED_ECHOES = 800;
/** Fewer say nothing of their deciles. */
const LEAST_ECHOES = 100;

/** So many times what the machine spreads is allowed: few echoes of the bare path tell it. */
const MACHINES = 2;

/** Of packets that keep their order, others before may hold up this share, which moves no more. */
export const HELD_RATIO = 0.01;

/**
 * How far apart packets are, in units of the jitter, of which so few hold up the next: it would
 * arrive by then, and the one before arrives later.
 */
export function apartOf(shape: Shape): number {
  const heldBy = (share: number, apart: number) => share * (1 - shareUpTo(shape, quantileOf(shape, share) + apart));
  const isHeld = (apart: number) => SHARES.some((share) => heldBy(share, apart) > HELD_RATIO);
  return bisect(isHeld, highestOf(shape) - lowestOf(shape));
}

const SHARES = Array.from({ length: 255 }, (_, at) => (at + 1) / 256);

/** How far a quantile of this many values of a shape may lie from its own, in the shape's unit. */
function errorOf(shape: Shape, share: number, echoes: number): number {
  const shareError = ERRORS * Math.sqrt((share * (1 - share)) / echoes);
  const at = (moved: number) => Math.abs(quantileOf(shape, moved) - quantileOf(shape, share));
  return Math.max(at(share + shareError), at(share - shareError));
}

/** How far the median of this many echoes may lie from the true one. */
export function spreadOfMedian(jitterMillis: number, echoes: number, shape: Shape): number {
  return jitterMillis * errorOf(shape, 0.5, echoes);
}

/** Echoes whose median is known this well. */
export function echoesForMedian(jitterMillis: number, errorMillis: number, shape: Shape): number {
  const isEnough = (ofOne: number) => spreadOfMedian(jitterMillis, 1 / ofOne, shape) <= errorMillis;
  return Math.ceil(1 / bisect(isEnough));
}

export function checkJitter({ direction, delay, base }: EchoFacts): Check[] {
  const { jitterMillis, jitterDistribution, slots } = direction;
  if (jitterMillis === 0) return [];
  const shape = shapeOf(jitterDistribution);
  const deciles = quantileOf(shape, 0.9) - quantileOf(shape, 0.1);
  const facts = { quantity: "jitter", unit: "ms", configured: jitterMillis, expected: jitterMillis } as const;
  if (delay === undefined) return [unjudged({ ...facts, note: "too few echoes arrived" })];
  if (slots !== null) return [unjudged({ ...facts, note: "packets wait for their slot, which hides it" })];
  if (deciles === 0) return [unjudged({ ...facts, note: "its table has one value for most packets" })];
  const known = { ...facts, measured: delay.decilesMillis / deciles, samples: delay.samples };
  const machine = base.decilesMillis / deciles;
  const ratio = Math.hypot(errorOf(shape, 0.1, delay.samples), errorOf(shape, 0.9, delay.samples)) / deciles;
  if (delay.samples < LEAST_ECHOES || machine > jitterMillis / 2) {
    const note = `${delay.samples} echoes, and the machine alone spreads them by ${machine.toFixed(2)} ms`;
    return [unjudged({ ...known, note })];
  }
  const note = `by the deciles of one-way delays; the tolerance is four standard errors of ${delay.samples} echoes, and twice what the bare path spreads`;
  return [compare({ ...known, tolerance: jitterMillis * ratio + MACHINES * machine, note })];
}
