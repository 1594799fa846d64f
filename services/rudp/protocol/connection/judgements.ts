// Judgements of loss on the send queue's marks: by SACK's count, one by one, all at once after a time-out, and taken back when they were wrong.

import { DUPLICATE_THRESHOLD, EVER_RESENT, LOST, RESENT, SACKED, type SendQueue } from "./send-queue.ts";

/** LOST and RESENT as they were before a time-out, should it turn out to be a mistake. */
const [WAS_LOST, WAS_RESENT] = [16, 32] as const;

/** Marks as lost each segment with three or more SACKed ones above it (RFC 6675 IsLost; of full segments its two conditions are this one). */
export function markLostBySack(queue: SendQueue): void {
  if (queue.sacked < DUPLICATE_THRESHOLD) return;
  let above = 0;
  let index = queue.highestSacked;
  while (above < DUPLICATE_THRESHOLD && index > queue.una) {
    index--;
    if ((queue.marks[index & queue.mask] as number) & SACKED) above++;
  }
  if (above < DUPLICATE_THRESHOLD) return;
  for (let i = Math.max(queue.judged, queue.una); i < index; i++) markLost(queue, i);
  if (index > queue.judged) queue.judged = index;
}

export function markLost(queue: SendQueue, index: number): void {
  const slot = index & queue.mask;
  const marks = queue.marks[slot] as number;
  if (marks & (SACKED | LOST)) return;
  queue.marks[slot] = marks | LOST;
  queue.lost++;
  if (index < queue.resendFrom) queue.resendFrom = index;
}

/** After a time-out: whatever the peer has not reported is lost, copies sent again included. A `repeated` one remembers what was before the first. */
export function markAllLost(queue: SendQueue, repeated: boolean): void {
  for (let index = queue.una; index < queue.nxt; index++) {
    const slot = index & queue.mask;
    const marks = queue.marks[slot] as number;
    if (marks & SACKED) continue;
    const now = (marks & LOST ? WAS_LOST : 0) | (marks & RESENT ? WAS_RESENT : 0);
    const before = repeated ? marks & (WAS_LOST | WAS_RESENT) : now;
    queue.marks[slot] = (marks & EVER_RESENT) | LOST | before;
  }
  queue.lost = queue.nxt - queue.una - queue.sacked;
  queue.resent = 0;
  queue.resendFrom = queue.una;
  queue.judged = queue.nxt;
}

/** Takes a time-out back: each segment is as before it, but for copies that have been sent since. */
export function unmarkAllLost(queue: SendQueue): void {
  queue.lost = queue.resent = 0;
  for (let index = queue.una; index < queue.nxt; index++) {
    const slot = index & queue.mask;
    const marks = queue.marks[slot] as number;
    if (marks & SACKED) continue;
    const [isLost, isResent] = [(marks & WAS_LOST) !== 0, (marks & (WAS_RESENT | RESENT)) !== 0];
    if (isLost) queue.lost++;
    if (isResent) queue.resent++;
    queue.marks[slot] = (marks & EVER_RESENT) | (isLost ? LOST : 0) | (isResent ? RESENT : 0);
  }
  queue.resendFrom = queue.judged = queue.una;
}

/** Forgets all reports: the peer dropped what it had reported (RFC 2018 section 8; ours never does). */
export function forgetSacks(queue: SendQueue): void {
  for (let index = queue.una; index < queue.nxt; index++) {
    const slot = index & queue.mask;
    queue.marks[slot] = (queue.marks[slot] as number) & EVER_RESENT;
  }
  queue.sacked = queue.lost = queue.resent = queue.highestSacked = queue.judged = 0;
}

/** Takes back every judgement of loss; they are made again from what has been reported. */
export function forgetLosses(queue: SendQueue): void {
  for (let index = queue.una; index < queue.nxt; index++) {
    const slot = index & queue.mask;
    queue.marks[slot] = (queue.marks[slot] as number) & ~LOST;
  }
  queue.lost = 0;
  queue.judged = queue.una;
}
