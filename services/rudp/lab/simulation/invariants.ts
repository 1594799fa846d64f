// Invariants at every outgoing segment, computed from the marks of each segment and not from the
// connection's own counts.
//
// The flight never exceeds the congestion window: after a data segment has gone out, the segments
// that the sender believes to be in the network are at most the window. A segment reported by SACK
// is not in the network, nor is one judged lost; a copy sent again is. The RFCs make exceptions:
//
// - the first segment of a fast retransmit goes out in any case (RFC 5681 3.2 step 3, RFC 6675 5
//   step 4.3);
// - so does the next hole after a partial acknowledgement without SACK (RFC 6582 3.2 step 3);
// - before a recovery the segments known to have left the network do not count: at most two (RFC
//   3042), or all of them where time judges losses (RFC 8985).

import type { Connection } from "../../protocol/connection/connection.ts";
import { resentSegments } from "../../protocol/connection/counters.ts";
import { LOST, RESENT, SACKED } from "../../protocol/connection/send-queue.ts";
import { fromWire } from "../../protocol/sequence.ts";
import { decode, emptySegment, FIN } from "../../protocol/wire.ts";
import type { NetworkEvent } from "./network.ts";

export interface Invariants {
  violation: string | null;
}

const segment = emptySegment();

export function createInvariants(): Invariants {
  return { violation: null };
}

/** Checks the connection that an event is about and keeps the first violation. */
export function observeEvent(invariants: Invariants, event: NetworkEvent): void {
  const c = event.connection;
  if (c === null || invariants.violation !== null) return;
  const broken = checkQueues(c) ?? (event.kind === "sent" ? checkSent(c, event.bytes) : null);
  if (broken !== null) invariants.violation = `side ${event.side} at ${event.atMillis} ms: ${broken}`;
}

function checkQueues({ send, receive, counters }: Connection): string | null {
  if (!(send.una <= send.nxt && send.nxt <= send.end)) return `una ${send.una}, nxt ${send.nxt}, end ${send.end}`;
  if (send.end - send.una > send.capacity) return `${send.end - send.una} segments queued in ${send.capacity} slots`;
  if (receive.nxt - receive.read > receive.capacity) return "the receive queue holds more than it has slots for";
  if (counters.dataSegmentsSent !== send.nxt - 1 + resentSegments(counters))
    return "segments sent again are miscounted";
  return null;
}

function checkSent(c: Connection, datagram: Uint8Array): string | null {
  if (decode(datagram, segment) !== null) return "a segment was sent that cannot be read";
  const index = fromWire(segment.sequence, c.localInitial, c.send.una);
  const carriesData = segment.payloadLength > 0 || (segment.flags & FIN) !== 0;
  if (!carriesData || c.state === "closed") return null;
  if (index >= c.send.edge) return `segment ${index} is beyond the advertised window's edge ${c.send.edge}`;
  return checkWindow(c, index);
}

function checkWindow(c: Connection, index: number): string | null {
  const counted = count(c);
  const { send, recovery, congestion } = c;
  if (counted.sacked !== send.sacked || counted.lost !== send.lost || counted.resent !== send.resent) {
    return `marks ${JSON.stringify(counted)} differ from counts ${send.sacked}, ${send.lost}, ${send.resent}`;
  }
  const left = c.sack ? counted.sacked : recovery.duplicates;
  const flight = send.nxt - send.una;
  const pipe = flight - counted.sacked - counted.lost + counted.resent;
  const inNetwork =
    recovery.phase === "open"
      ? flight - (send.latenessMillis > 0 ? left : Math.min(left, 2))
      : c.sack
        ? pipe
        : Math.max(0, pipe - recovery.duplicates);
  const isFirstHole = index === send.una && recovery.phase !== "open";
  if (inNetwork <= Math.max(1, congestion.windowSegments) || isFirstHole) return null;
  return `${inNetwork} segments in the network with a window of ${congestion.windowSegments} (${recovery.phase})`;
}

function count({ send }: Connection) {
  let [sacked, lost, resent] = [0, 0, 0];
  for (let index = send.una; index < send.nxt; index++) {
    const marks = send.marks[index & send.mask] as number;
    if (marks & SACKED) sacked++;
    else {
      if (marks & LOST) lost++;
      if (marks & RESENT) resent++;
    }
  }
  return { sacked, lost, resent };
}
