// Pacing as an option: the window is spread over the round trip by a credit of segments that grows with time (RFC 9002 7.7).
// Timers count milliseconds, so credit gathers up to a burst: 10 segments, or what two milliseconds earn on a fast path.

import { type Connection, isSynchronized } from "./state.ts";
import { set, TIMER } from "./timers.ts";

const BURST_SEGMENTS = 10;
const BURST_MILLIS = 2;

/** Whether a segment may go now; if not, the pacing timer is set for when one may. */
export function mayPace(c: Connection, nowMillis: number): boolean {
  if (!c.options.pacing || c.rtt.smoothedMillis === 0 || !isSynchronized(c.state)) return true;
  const segmentsPerMilli = rate(c);
  const burst = Math.max(BURST_SEGMENTS, segmentsPerMilli * BURST_MILLIS);
  c.pacingCredit = Math.min(burst, c.pacingCredit + (nowMillis - c.pacedAtMillis) * segmentsPerMilli);
  c.pacedAtMillis = nowMillis;
  if (c.pacingCredit >= 1) return true;
  set(c.timers, TIMER.pace, nowMillis + (1 - c.pacingCredit) / segmentsPerMilli + 1e-6);
  return false;
}

/** A segment went out. */
export function spendPacing(c: Connection): void {
  if (c.options.pacing) c.pacingCredit -= 1;
}

/** Twice the window a round trip while it doubles, a quarter more than the window after. */
function rate(c: Connection): number {
  const { windowSegments, thresholdSegments } = c.congestion;
  return ((windowSegments < thresholdSegments ? 2 : 1.25) * windowSegments) / c.rtt.smoothedMillis;
}
