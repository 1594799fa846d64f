// The transmission stage: the rate and the queue before it, at the egress of the other leg. Its
// qdisc is that of the queue.

import type { Direction } from "./direction.ts";
import type { Qdisc } from "./qdisc.ts";
import { queuePackets, transmissionQdisc } from "./queues/table.ts";

/** The stage's qdisc; null when no rate is set. */
export function transmission(
  { rateBitsPerSecond, queue }: Direction,
  rttMillis: number,
  seed: number | null,
): Qdisc | null {
  if (rateBitsPerSecond === null) return null;
  return transmissionQdisc(queue, rateBitsPerSecond, { rateBitsPerSecond, rttMillis }, seed);
}

/** Full frames that the declared queue holds; null while the rate is unlimited. */
export function declaredPackets({ rateBitsPerSecond, queue }: Direction, rttMillis: number): number | null {
  return rateBitsPerSecond === null ? null : queuePackets(queue, { rateBitsPerSecond, rttMillis });
}
