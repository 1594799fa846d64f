// How much later than others a segment may arrive before it is judged lost. On a path that keeps
// the order, three reports of later segments make a loss (RFC 5681, RFC 6675). Once a segment
// arrives later than that, time judges instead (RACK, RFC 8985 6.2): a segment is lost when one
// sent after it has arrived and it is overdue by a limit, which is the latest arrival rounded up to
// quarters of the least round trip, at most SRTT. RFC 8985 raises the limit by a quarter per
// needless copy; here lateness is measured. After 16 recoveries without an arrival half as late,
// the count of three applies again, as in the RFC. So no single event of the path, such as a fall
// of its delay, is remembered for ever.

import type { Connection } from "./state.ts";

const REMEMBERED_RECOVERIES = 16;

/** Records the late arrivals that an acknowledgement showed. */
export function adaptToReordering({ send, options }: Connection): void {
  const { lateMillis } = send;
  if (lateMillis === 0) return;
  send.lateMillis = 0;
  if (!options.adaptToReordering) return;
  if (lateMillis > send.latenessMillis / 2) send.latenessRecoveries = REMEMBERED_RECOVERIES;
  send.latenessMillis = Math.max(send.latenessMillis, lateMillis);
}

/** A recovery begins. */
export function ageLateness({ send }: Connection): void {
  if (send.latenessMillis > 0 && --send.latenessRecoveries <= 0) send.latenessMillis = 0;
}

/** How overdue a segment may be where time judges. Drivers' timers resolve one millisecond. */
export function allowanceMillis({ send, rtt }: Connection): number {
  const quarter = rtt.minimumMillis / 4;
  if (!Number.isFinite(quarter)) return send.latenessMillis;
  return Math.max(1, Math.min(Math.ceil(send.latenessMillis / quarter) * quarter, rtt.smoothedMillis));
}
