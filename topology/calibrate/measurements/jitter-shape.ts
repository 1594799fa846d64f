// The shape of jitter, if it is set: how far the one-way delays of echoes are from the distribution
// that is declared, at the jitter that is declared. tc does not tell which one the kernel has, and
// where it has none netem's jitter is uniform.

import type { Check } from "../../../lib/contract/calibration.ts";
import { quantileOf, type Shape, shapeOf } from "../../../lib/link/jitter-shapes.ts";
import { compare, unjudged } from "../check.ts";
import { distanceByChance, shapeDistance } from "../statistics/shape-distance.ts";
import { delayTolerance } from "./delay.ts";
import type { EchoFacts } from "./facts.ts";
import { HELD_RATIO } from "./jitter.ts";

/** One sample of a true link is further away once in so many; outside are two that agree. */
const ALPHA = 1 / 1000;
/** A fault must be seen this much further away than the tolerance. */
const MARGIN = 0.02;

export function checkJitterShape({ direction, delay, base, sendingMillis }: EchoFacts): Check[] {
  const { delayMillis, jitterMillis, jitterDistribution, reorderingRatio, duplicationRatio, slots } = direction;
  if (jitterMillis === 0) return [];
  const facts = { quantity: "jitter shape", unit: "ratio", configured: 0, expected: 0 } as const;
  if (delay === undefined) return [unjudged({ ...facts, note: "too few echoes arrived" })];
  if (slots !== null) return [unjudged({ ...facts, note: "packets wait for their slot, which hides it" })];
  if (reorderingRatio + duplicationRatio > 0) {
    return [unjudged({ ...facts, note: "some packets skip the delay, or the earlier one of two counts" })];
  }
  const { samples, times } = delay;
  const shape = shapeOf(jitterDistribution);
  const middleMillis = delayMillis + sendingMillis + base.millis + base.spreadMillis;
  const machine = base.decilesMillis / jitterMillis;
  const place = (delayTolerance(delayMillis) + base.spreadMillis) / jitterMillis;
  const deviations = times.map((time) => (time - middleMillis) / jitterMillis);
  const measured = shapeDistance(deviations, shape, machine, place);
  const tolerance = distanceByChance(samples, ALPHA) + HELD_RATIO;
  const name = typeof jitterDistribution === "string" ? jitterDistribution : jitterDistribution.name;
  const note = `Kolmogorov and Smirnov's distance of ${samples} one-way delays from ${name}, each known to ${(machine * jitterMillis).toFixed(2)} ms; a true link exceeds the tolerance in 1 of ${1 / ALPHA} samples`;
  const check = compare({ ...facts, measured, samples, tolerance, note });
  if (check.verdict === "outside") return [check];
  const found = FAULTS.map((fault) => shapeDistance(spread(shapeOf(fault), samples), shape, machine, place));
  if (Math.max(...found) > tolerance + MARGIN) return [check];
  const vague = `${samples} echoes, each known to ${(machine * jitterMillis).toFixed(2)} ms, cannot tell ${name} from others (\`calibrate LINK thorough\`)`;
  return [unjudged({ ...check, tolerance: null, note: vague })];
}

/** One of these, at the same jitter, must be found. */
const FAULTS = ["uniform", "normal"] as const;

/** So many values of a shape as chance would spread them. */
function spread(shape: Shape, count: number): number[] {
  return Array.from({ length: count }, (_, at) => quantileOf(shape, (at + 0.5) / count));
}
