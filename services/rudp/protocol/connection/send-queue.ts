// The sender's finite queue and its scoreboard. A ring of slots, one a segment, found by index & mask; typed arrays, no object a segment.
//
//      una              nxt                 end
//   ----|--- in flight --|--- not yet sent --|- tail (not full, not flushed) -|--- free
//
// What is known of a segment in flight is a set of marks; the counts of them make the estimate of what is in the network (RFC 6675's pipe) O(1).

import { SEGMENT_BYTES } from "../wire.ts";

/** Reports of later segments that make a loss, and before which none comes late (RFC 5681 3.2). */
export const DUPLICATE_THRESHOLD = 3;

/** The peer holds it, out of order. */
export const SACKED = 1;
/** Taken for lost. */
export const LOST = 2;
/** Sent again, and that copy is taken to be in the network. */
export const RESENT = 4;
/** Sent more than once: its RTT is ambiguous (Karn). */
export const EVER_RESENT = 8;

export interface SendQueue {
  readonly capacity: number;
  readonly mask: number;
  readonly bytes: Uint8Array;
  readonly lengths: Uint16Array;
  readonly marks: Uint8Array;
  readonly sentAtMillis: Float64Array;
  /** Lowest index not acknowledged. */
  una: number;
  /** Next index to be sent for the first time. */
  nxt: number;
  /** One past the last segment that may be sent: full, flushed, or last. */
  end: number;
  /** Bytes in the slot `end`. */
  tailBytes: number;
  /** The last segment's index once the application closed, else -1. */
  finIndex: number;
  /** First index that the peer's advertised window does not allow; never moves back. */
  edge: number;
  sacked: number;
  /** LOST and not SACKED. */
  lost: number;
  /** RESENT and not SACKED. */
  resent: number;
  /** One past the highest SACKED. */
  highestSacked: number;
  /** Below this index every segment that SACK shows to be lost is marked. */
  judged: number;
  /** No segment below this index waits to be sent again. */
  resendFrom: number;
  /** By how much the latest of late arrivals just reported was overdue; 0: none came late. */
  lateMillis: number;
  /** The same of all that are remembered, and for how many more recoveries; 0: the path keeps the order. */
  latenessMillis: number;
  latenessRecoveries: number;
  /** Segments reported for the first time, by SACK or by the cumulative number; counts for ever. */
  delivered: number;
  /** When the segment was sent that was sent last of those delivered. */
  newestDeliveredMillis: number;
  /** Which that was, and how long it took. */
  newestDelivered: number;
  newestRttMillis: number;
  /** When the acknowledgement came that is being looked at, and highestSacked before it: what it reports itself is in no order. */
  reportedAtMillis: number;
  reportedBefore: number;
  /** Of a segment sent more than once only a copy older than this can be what was delivered; else it is not known which was. */
  copiesKnownUntilMillis: number;
  /** What was delivered of a segment whose copy was sent after this is surely not the copy. */
  tooSoonAfterMillis: number;
}

/** An empty queue whose first data segment has index 1. `capacity` is a power of two. */
export function createSendQueue(capacity: number): SendQueue {
  return {
    capacity,
    mask: capacity - 1,
    bytes: new Uint8Array(capacity * SEGMENT_BYTES),
    lengths: new Uint16Array(capacity),
    marks: new Uint8Array(capacity),
    sentAtMillis: new Float64Array(capacity),
    una: 1,
    nxt: 1,
    end: 1,
    tailBytes: 0,
    finIndex: -1,
    edge: 1,
    sacked: 0,
    lost: 0,
    resent: 0,
    highestSacked: 0,
    judged: 0,
    resendFrom: 0,
    lateMillis: 0,
    latenessMillis: 0,
    latenessRecoveries: 0,
    delivered: 0,
    newestDeliveredMillis: 0,
    newestDelivered: 0,
    newestRttMillis: 0,
    reportedAtMillis: 0,
    reportedBefore: 0,
    copiesKnownUntilMillis: 0,
    tooSoonAfterMillis: 0,
  };
}

/** Bytes that can be queued now; one slot is kept so that the last segment always has a place. */
export function freeBytes(queue: SendQueue): number {
  if (queue.finIndex >= 0) return 0;
  return (queue.capacity - 1 - (queue.end - queue.una)) * SEGMENT_BYTES - queue.tailBytes;
}

/** Copies as much of `data[start..)` as fits, sealing segments as they fill; returns the number of bytes taken. */
export function enqueue(queue: SendQueue, data: Uint8Array, start = 0): number {
  const taken = Math.min(data.length - start, freeBytes(queue));
  for (let done = 0; done < taken; ) {
    const length = Math.min(SEGMENT_BYTES - queue.tailBytes, taken - done);
    const at = (queue.end & queue.mask) * SEGMENT_BYTES + queue.tailBytes;
    queue.bytes.set(data.subarray(start + done, start + done + length), at);
    queue.tailBytes += length;
    done += length;
    if (queue.tailBytes === SEGMENT_BYTES) seal(queue);
  }
  return taken;
}

/** Lets the segment that is not full be sent as it is. */
export function flush(queue: SendQueue): void {
  if (queue.tailBytes > 0) seal(queue);
}

/** Seals what is left, or nothing, as the last segment of the stream. */
export function finish(queue: SendQueue): void {
  if (queue.finIndex >= 0) return;
  queue.finIndex = queue.end;
  seal(queue);
}

function seal(queue: SendQueue): void {
  const slot = queue.end & queue.mask;
  queue.lengths[slot] = queue.tailBytes;
  queue.marks[slot] = 0;
  queue.tailBytes = 0;
  queue.end++;
}

/** Segments sent and not acknowledged by the cumulative number. */
export function flightSegments(queue: SendQueue): number {
  return queue.nxt - queue.una;
}

/** Segments estimated to be in the network: those neither held by the peer nor lost, and copies sent again (RFC 6675 SetPipe). */
export function pipeSegments(queue: SendQueue): number {
  return queue.nxt - queue.una - queue.sacked - queue.lost + queue.resent;
}

/** Frees everything below `ack`; returns how many bytes that was. */
export function acknowledgeThrough(queue: SendQueue, ack: number): number {
  let bytes = 0;
  for (let index = queue.una; index < ack; index++) {
    const slot = index & queue.mask;
    const marks = queue.marks[slot] as number;
    bytes += queue.lengths[slot] as number;
    if (marks & SACKED) {
      queue.sacked--;
      continue;
    }
    if (marks & LOST) queue.lost--;
    if (marks & RESENT) queue.resent--;
    noteLate(queue, index, false);
    noteDelivered(queue, index, marks);
  }
  queue.una = ack;
  if (queue.nxt < ack) queue.nxt = ack;
  return bytes;
}

/** Marks one segment as held by the peer; false when it was known or is not in flight. */
export function markSacked(queue: SendQueue, index: number): boolean {
  if (index < queue.una || index >= queue.nxt) return false;
  const slot = index & queue.mask;
  const marks = queue.marks[slot] as number;
  if (marks & SACKED) return false;
  queue.marks[slot] = marks | SACKED;
  queue.sacked++;
  if (marks & LOST) queue.lost--;
  if (marks & RESENT) queue.resent--;
  if (index >= queue.highestSacked) queue.highestSacked = index + 1;
  else noteLate(queue, index, false);
  noteDelivered(queue, index, marks);
  return true;
}

function noteDelivered(queue: SendQueue, index: number, marks: number): void {
  queue.delivered++;
  const sentAtMillis = queue.sentAtMillis[index & queue.mask] as number;
  if ((marks & EVER_RESENT) !== 0 && sentAtMillis > queue.copiesKnownUntilMillis) return;
  if (sentAtMillis < queue.newestDeliveredMillis) return;
  if (sentAtMillis === queue.newestDeliveredMillis && index < queue.newestDelivered) return;
  queue.newestDeliveredMillis = sentAtMillis;
  queue.newestDelivered = index;
  queue.newestRttMillis = queue.reportedAtMillis - sentAtMillis;
}

/**
 * A segment that arrives after later ones shows that the path reorders, and by how much. A copy is not late; but what is reported sooner than
 * half of the least round trip after the copy (or by `wasOriginal`) is the original, which was overdue when the copy went out.
 */
export function noteLate(queue: SendQueue, index: number, wasOriginal: boolean): void {
  if (queue.reportedBefore - 1 - index < DUPLICATE_THRESHOLD) return;
  const slot = index & queue.mask;
  const sentAtMillis = queue.sentAtMillis[slot] as number;
  const isCopied = ((queue.marks[slot] as number) & EVER_RESENT) !== 0;
  if (isCopied && !wasOriginal && sentAtMillis <= queue.tooSoonAfterMillis) return;
  const beyond = isCopied ? queue.latenessMillis : -queue.newestRttMillis;
  queue.lateMillis = Math.max(queue.lateMillis, 1, queue.reportedAtMillis - sentAtMillis + beyond);
}

/** The first segment that is lost and waits to be sent again, or -1. */
export function nextLost(queue: SendQueue): number {
  if (queue.lost === 0) return -1;
  let index = Math.max(queue.resendFrom, queue.una);
  while (index < queue.nxt && ((queue.marks[index & queue.mask] as number) & (SACKED | LOST | RESENT)) !== LOST)
    index++;
  queue.resendFrom = index;
  return index < queue.nxt ? index : -1;
}

/** The first segment below the highest SACKed that was neither reported nor sent again, or -1 (RFC 6675 NextSeg rule 3). */
export function nextUnreported(queue: SendQueue): number {
  for (let index = queue.una; index < queue.highestSacked; index++) {
    if (((queue.marks[index & queue.mask] as number) & (SACKED | RESENT)) === 0) return index;
  }
  return -1;
}

/** Notes that a segment goes out, for the first time or again. */
export function noteSent(queue: SendQueue, index: number, nowMillis: number): void {
  const slot = index & queue.mask;
  queue.sentAtMillis[slot] = nowMillis;
  if (index === queue.nxt) {
    queue.nxt++;
    return;
  }
  const marks = queue.marks[slot] as number;
  if ((marks & RESENT) === 0) queue.resent++;
  queue.marks[slot] = marks | RESENT | EVER_RESENT;
}
