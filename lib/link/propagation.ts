// The propagation stage: what happens to a packet on the way. It is a netem on an ifb to which the
// ingress of one leg is redirected. It is separate from the rate and its queue, because one netem
// would count packets in flight as queued (docs/decisions/0002-links.md).

import { type Direction, FIELD_NAMES, fieldOf } from "./direction.ts";
import { isImpairment } from "./field.ts";
import { state } from "./impairments/state.ts";
import { highestOf, shapeOf } from "./jitter-shapes.ts";
import { type NetemPart, netem } from "./netem.ts";
import type { Qdisc } from "./qdisc.ts";

/**
 * More packets than any traffic has in flight here (10 Gbit/s for 10 s in full frames is 8.3
 * million).
 */
const LIMIT_PACKETS = 10_000_000;

/** The stage's qdisc; null if the direction impairs nothing on the way. */
export function propagation(direction: Direction, seed: number | null): Qdisc | null {
  const parts = partsOf(direction);
  return parts.length === 0 ? null : netem(parts, LIMIT_PACKETS, seed);
}

/** netem has one model of loss, and all is lost of a direction that is down. */
function partsOf(direction: Direction): readonly NetemPart[] {
  if (direction.state === "down") return state.netem("down", direction);
  return FIELD_NAMES.flatMap((name) => {
    const field = fieldOf(name);
    return isImpairment(field) ? field.netem(direction[name], direction) : [];
  });
}

/** The longest time of a packet from one end to the other, without waiting in the queue. */
export function longestDelayMillis({ delayMillis, jitterMillis, jitterDistribution, slots }: Direction): number {
  const jitteredMillis = jitterMillis === 0 ? 0 : highestOf(shapeOf(jitterDistribution)) * jitterMillis;
  return delayMillis + jitteredMillis + (slots?.maxMillis ?? 0);
}

/**
 * Full frames on the way when the direction is full, at most: jitter and slots hold some up, and
 * those behind them. 0 without a rate, because the number is unknown then.
 */
export function framesOnTheWay(direction: Direction, frameBytes: number): number {
  const { rateBitsPerSecond } = direction;
  return rateBitsPerSecond === null ? 0 : (rateBitsPerSecond * longestDelayMillis(direction)) / (8000 * frameBytes);
}
