// Whether the congestion window is what limits the sender, and what becomes of one that is not used. It grows only while it is the limit.
// Over silence it goes back to the initial one (RFC 5681 4.1): the acknowledgement clock has stopped. Of one that thin sends, a shut
// advertised window or pacing left more than half unused for five minutes, half is left (RFC 7661 4.4.3): nobody knows whether the path
// still has room for it. RFC 7661 measures use by what was acknowledged in a round trip; what is in flight is that, a round trip earlier.

import { rtoMillis } from "../rtt.ts";
import { inFlightSegments } from "./recovery.ts";
import { flightSegments } from "./send-queue.ts";
import type { Connection } from "./state.ts";

/** RFC 7661's non-validated period. */
const UNUSED_MILLIS = 300_000;

/** Before something is sent: takes back what was not used. */
export function reviewWindow(c: Connection, nowMillis: number): void {
  const { controller, congestion, options, send } = c;
  if (nowMillis - c.windowUsedAtMillis >= UNUSED_MILLIS) {
    const periods = Math.floor((nowMillis - c.windowUsedAtMillis) / UNUSED_MILLIS);
    for (let i = 0; i < periods; i++) controller.unused(congestion, options);
    c.windowUsedAtMillis += periods * UNUSED_MILLIS;
  }
  if (flightSegments(send) > 0 || !options.slowStartAfterIdle) return;
  if (nowMillis - c.lastSentMillis <= rtoMillis(c.rtt)) return;
  controller.idled(congestion, options);
  c.lastSentMillis = nowMillis;
}

/** A segment went out. */
export function noteUse(c: Connection, nowMillis: number): void {
  if (isHalfUsed(c)) c.windowUsedAtMillis = nowMillis;
}

export function isHalfUsed(c: Connection): boolean {
  return 2 * inFlightSegments(c) >= c.congestion.windowSegments;
}
