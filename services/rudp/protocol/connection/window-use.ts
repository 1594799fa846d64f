// Whether the congestion window limits the sender, and what happens to a window that is not used.
// It grows only while it is the limit. After silence it returns to the initial window (RFC 5681
// 4.1), because the acknowledgement clock has stopped. If small sends, a closed advertised window
// or pacing leave more than half of it unused for five minutes, it is halved (RFC 7661 4.4.3),
// because nobody knows whether the path still has room for it. RFC 7661 measures use by what was
// acknowledged in a round trip; the flight is the same quantity a round trip earlier.

import { rtoMillis } from "../rtt.ts";
import { inFlightSegments } from "./recovery.ts";
import { flightSegments } from "./send-queue.ts";
import type { Connection } from "./state.ts";

/** RFC 7661's non-validated period. */
const UNUSED_MILLIS = 300_000;

/** Before something is sent: takes back window that was not used. */
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

/** Records the use of the window after a segment was sent. */
export function noteUse(c: Connection, nowMillis: number): void {
  if (isHalfUsed(c)) c.windowUsedAtMillis = nowMillis;
}

export function isHalfUsed(c: Connection): boolean {
  return 2 * inFlightSegments(c) >= c.congestion.windowSegments;
}
