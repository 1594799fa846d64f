// The transmission stage: the rate and the queue before it, at the egress of the other leg. Its
// qdisc is that of the queue.

import type { Direction } from "./direction.ts";
import type { Qdisc } from "./qdisc.ts";
import { drivenQdisc, queuePackets, transmissionQdisc } from "./queues/table.ts";

/** The stage's qdisc; null when no rate is set. `isDriven`: a timeline drives the rate. */
export function transmission(
  { rateBitsPerSecond, queue }: Direction,
  rttMillis: number,
  seed: number | null,
  isDriven = false,
): Qdisc | null {
  if (rateBitsPerSecond === null) return null;
  const qdisc = isDriven ? drivenQdisc : transmissionQdisc;
  return qdisc(queue, rateBitsPerSecond, { rateBitsPerSecond, rttMillis }, seed);
}

/** Full frames that the declared queue holds; null while the rate is unlimited. */
export function declaredPackets({ rateBitsPerSecond, queue }: Direction, rttMillis: number): number | null {
  return rateBitsPerSecond === null ? null : queuePackets(queue, { rateBitsPerSecond, rttMillis });
}
