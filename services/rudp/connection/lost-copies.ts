// A segment sent again can be lost again, and no duplicate will ever tell: those counted it once. Time does (RACK, RFC 8985): when a segment
// that was sent a quarter of a round trip later has arrived, the copy has not. The rest of RACK-TLP, which judges first transmissions
// by time too and probes a silent tail, would go here and into the timers.

import { LOST, RESENT, SACKED, type SendQueue } from "./send-queue.ts";
import type { Connection } from "./state.ts";

/** Takes copies for lost that were overtaken by much; they are sent again as any lost segment. */
export function judgeCopies(c: Connection): void {
  const { send, rtt, options } = c;
  if (!options.lostCopies || !c.sack || send.resent === 0) return;
  const before = send.newestDeliveredMillis - rtt.minimumMillis / 4;
  for (let index = send.una; index < send.nxt; index++) {
    const slot = index & send.mask;
    const marks = send.marks[slot] as number;
    if ((marks & (SACKED | RESENT)) === RESENT && (send.sentAtMillis[slot] as number) < before) retire(send, index);
  }
}

function retire(send: SendQueue, index: number): void {
  const slot = index & send.mask;
  const marks = send.marks[slot] as number;
  if ((marks & LOST) === 0) send.lost++;
  send.marks[slot] = (marks | LOST) & ~RESENT;
  send.resent--;
  if (index < send.resendFrom) send.resendFrom = index;
}
