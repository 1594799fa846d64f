// How much later than others a segment may come before it is lost. On a path that keeps the order three reports of later ones make a loss
// (RFC 5681, RFC 6675). Once a segment came later than that, time judges instead of a count (RACK, RFC 8985 6.2): a segment is lost when one
// sent after it has arrived and it is overdue by as many quarters of the least round trip as cover the latest, at most by SRTT. RFC 8985 adds
// quarters as needless copies are reported; here lateness is measured. After 16 recoveries without one half as late, as there, it is
// three reports again, so that no event of the path, such as a fall of its delay, is remembered for good.

import type { Connection } from "./state.ts";

const REMEMBERED_RECOVERIES = 16;

/** Takes what an acknowledgement showed of late arrivals. */
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

/** By how much a segment may be overdue where time judges; a driver's timers tell milliseconds apart, no less. */
export function allowanceMillis({ send, rtt }: Connection): number {
  const quarter = rtt.minimumMillis / 4;
  if (!Number.isFinite(quarter)) return send.latenessMillis;
  return Math.max(1, Math.min(Math.ceil(send.latenessMillis / quarter) * quarter, rtt.smoothedMillis));
}
