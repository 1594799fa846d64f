// Loss judgements as marks of the send queue: by SACK's count, segment by segment, all at once
// after a time-out, and their withdrawal if they were wrong.

import { DUPLICATE_THRESHOLD, EVER_RESENT, LOST, RESENT, SACKED, type SendQueue } from "./send-queue.ts";

/** LOST and RESENT as they were before a time-out, in case it proves spurious. */
const [WAS_LOST, WAS_RESENT] = [16, 32] as const;

/**
 * Marks as lost each segment with three or more SACKed ones above it (RFC 6675 IsLost; for full
 * segments its two conditions are the same).
 */
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

/**
 * After a time-out, judges everything lost that the peer has not reported, including repeated
 * segments. A `repeated` time-out keeps the marks from before the first.
 */
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

/** Undoes a time-out: restores each segment's marks, except for segments sent again since. */
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

/**
 * Forgets all reports, because the peer dropped what it had reported (RFC 2018 section 8; our
 * receiver never does).
 */
export function forgetSacks(queue: SendQueue): void {
  for (let index = queue.una; index < queue.nxt; index++) {
    const slot = index & queue.mask;
    queue.marks[slot] = (queue.marks[slot] as number) & EVER_RESENT;
  }
  queue.sacked = queue.lost = queue.resent = queue.highestSacked = queue.judged = 0;
}

/** Withdraws every judgement; they are made anew from the reports. */
export function forgetLosses(queue: SendQueue): void {
  for (let index = queue.una; index < queue.nxt; index++) {
    const slot = index & queue.mask;
    queue.marks[slot] = (queue.marks[slot] as number) & ~LOST;
  }
  queue.lost = 0;
  queue.judged = queue.una;
}
