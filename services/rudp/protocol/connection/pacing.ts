// Optional pacing: a credit of segments that grows with time spreads the window over the round trip
// (RFC 9002 7.7). Timers count milliseconds, so credit accumulates up to a burst: 10 segments, or
// the credit of two milliseconds on a fast path.

import { type Connection, isSynchronized } from "./state.ts";
import { set, TIMER } from "./timers.ts";

const BURST_SEGMENTS = 10;
const BURST_MILLIS = 2;

/** Whether a segment may go now. If not, sets the pacing timer for when one may. */
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

/** Spends the credit of a sent segment. */
export function spendPacing(c: Connection): void {
  if (c.options.pacing) c.pacingCredit -= 1;
}

/** Twice the window per round trip in slow start, 1.25 times the window afterwards. */
function rate(c: Connection): number {
  const { windowSegments, thresholdSegments } = c.congestion;
  return ((windowSegments < thresholdSegments ? 2 : 1.25) * windowSegments) / c.rtt.smoothedMillis;
}
