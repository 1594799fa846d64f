// Losses judged by time (RACK, RFC 8985). A repeated segment can be lost again, and no duplicate
// acknowledgement shows that, because each was counted for the first loss. The repeated segment is
// judged lost when one sent a quarter of a round trip later has arrived. On a path that reorders
// this rule holds for every segment: it is lost when one sent later has arrived and it is overdue
// by more than reordering.ts allows. Since nothing more may arrive, a timer enforces it.

import { markLost } from "./judgements.ts";
import { allowanceMillis } from "./reordering.ts";
import { LOST, RESENT, SACKED, type SendQueue } from "./send-queue.ts";
import { type Connection, hasRestarted } from "./state.ts";
import { clear, set, TIMER } from "./timers.ts";

/** Judges overdue segments lost; they are sent again like other losses. */
export function judgeOverdue(c: Connection, nowMillis: number): void {
  const { send, options } = c;
  if (!c.sack) return;
  if (options.lostCopies && send.resent > 0) judgeCopies(c);
  clear(c.timers, TIMER.overdue);
  if (send.latenessMillis > 0 && !hasRestarted(c) && send.sacked > 0) judgeFirst(c, nowMillis);
}

function judgeCopies({ send, rtt }: Connection): void {
  const before = send.newestDeliveredMillis - rtt.minimumMillis / 4;
  for (let index = send.una; index < send.nxt; index++) {
    const slot = index & send.mask;
    const marks = send.marks[slot] as number;
    if ((marks & (SACKED | RESENT)) === RESENT && (send.sentAtMillis[slot] as number) < before) retire(send, index);
  }
}

/**
 * First transmissions went out in the order of their numbers, so the search ends at the first that
 * was not overtaken.
 */
function judgeFirst(c: Connection, nowMillis: number): void {
  const { send } = c;
  const dueAfterMillis = send.newestRttMillis + allowanceMillis(c);
  for (let index = send.una; index < send.nxt; index++) {
    const slot = index & send.mask;
    if (((send.marks[slot] as number) & (SACKED | RESENT | LOST)) !== 0) continue;
    const sentAtMillis = send.sentAtMillis[slot] as number;
    if (!isOvertaken(send, index, sentAtMillis)) return;
    if (sentAtMillis + dueAfterMillis > nowMillis) {
      set(c.timers, TIMER.overdue, sentAtMillis + dueAfterMillis);
      return;
    }
    markLost(send, index);
  }
}

function isOvertaken(send: SendQueue, index: number, sentAtMillis: number): boolean {
  if (sentAtMillis !== send.newestDeliveredMillis) return sentAtMillis < send.newestDeliveredMillis;
  return index < send.newestDelivered;
}

function retire(send: SendQueue, index: number): void {
  const slot = index & send.mask;
  const marks = send.marks[slot] as number;
  if ((marks & LOST) === 0) send.lost++;
  send.marks[slot] = (marks | LOST) & ~RESENT;
  send.resent--;
  if (index < send.resendFrom) send.resendFrom = index;
}
