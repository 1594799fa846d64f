// The sender's bounded queue and its scoreboard: a ring of slots, one per segment, found by index &
// mask. Typed arrays, because an object per segment would be too expensive.
//
//      una              nxt                 end
//   ----|--- in flight --|--- not yet sent --|- tail (not full, not flushed) -|--- free
//
// The knowledge about a segment in flight is a set of marks. Counts of the marks give the estimate
// of segments in the network (RFC 6675's pipe) in O(1).

import { SEGMENT_BYTES } from "../wire.ts";
import { giveBack } from "./give-back.ts";

/**
 * Reports of later segments that make a loss; no segment counts as late with fewer (RFC 5681 3.2).
 */
export const DUPLICATE_THRESHOLD = 3;

/** The peer holds it, out of order. */
export const SACKED = 1;
/** Judged lost. */
export const LOST = 2;
/** Sent again, and that copy is believed to be in the network. */
export const RESENT = 4;
/** Sent more than once, so its RTT is ambiguous (Karn). */
export const EVER_RESENT = 8;

export interface SendQueue {
  readonly capacity: number;
  readonly mask: number;
  /** Empty once all of a closed direction is acknowledged. */
  bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint16Array;
  readonly marks: Uint8Array;
  readonly sentAtMillis: Float64Array;
  /** Lowest unacknowledged index. */
  una: number;
  /** Next index to be sent for the first time. */
  nxt: number;
  /** One past the last segment that may be sent because it is full, flushed or the last. */
  end: number;
  /** Bytes in the slot `end`. */
  tailBytes: number;
  /** Index of the last segment once the application has closed, else -1. */
  finIndex: number;
  /** First index beyond the peer's advertised window; it never decreases. */
  edge: number;
  sacked: number;
  /** LOST and not SACKED. */
  lost: number;
  /** RESENT and not SACKED. */
  resent: number;
  /** One past the highest SACKed. */
  highestSacked: number;
  /** Below this index, every segment that SACK shows to be lost is marked. */
  judged: number;
  /** Below this index, no segment waits to be sent again. */
  resendFrom: number;
  /** How overdue the latest of the late arrivals just reported was; 0: none was late. */
  lateMillis: number;
  /**
   * The same over all remembered arrivals, and for how many more recoveries it is remembered; 0:
   * the path keeps the order.
   */
  latenessMillis: number;
  latenessRecoveries: number;
  /** Segments ever delivered, by first report of SACK or of the cumulative number. */
  delivered: number;
  /** Send time of the most recently sent delivered segment. */
  newestDeliveredMillis: number;
  /** Its index, and its round-trip time. */
  newestDelivered: number;
  newestRttMillis: number;
  /**
   * When the current acknowledgement arrived, and highestSacked before it: the order within one
   * report means nothing.
   */
  reportedAtMillis: number;
  reportedBefore: number;
  /**
   * Of a segment sent more than once, only a copy sent before this time can be the delivered one.
   * Otherwise it is unknown which was delivered.
   */
  copiesKnownUntilMillis: number;
  /** A delivered segment whose copy was sent after this time is certainly the original. */
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

/** Bytes that can be queued now. One slot is reserved for the last segment. */
export function freeBytes(queue: SendQueue): number {
  if (queue.finIndex >= 0) return 0;
  return (queue.capacity - 1 - (queue.end - queue.una)) * SEGMENT_BYTES - queue.tailBytes;
}

/**
 * Copies as much of `data[start..)` as fits and seals segments as they fill; returns the number of
 * bytes.
 */
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

/** Allows the partly filled segment to be sent. */
export function flush(queue: SendQueue): void {
  if (queue.tailBytes > 0) seal(queue);
}

/** Seals the rest, possibly empty, as the last segment of the stream. */
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

/** Segments sent and not cumulatively acknowledged. */
export function flightSegments(queue: SendQueue): number {
  return queue.nxt - queue.una;
}

/**
 * Segments estimated to be in the network: those neither held by the peer nor lost, and repeated
 * ones (RFC 6675 SetPipe).
 */
export function pipeSegments(queue: SendQueue): number {
  return queue.nxt - queue.una - queue.sacked - queue.lost + queue.resent;
}

/** Frees everything below `ack`; returns the number of bytes freed. */
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
  if (queue.finIndex >= 0 && ack > queue.finIndex) queue.bytes = giveBack(queue.bytes);
  return bytes;
}

/** Marks a segment as held by the peer; false if it was marked already or is not in flight. */
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
 * A segment that arrives after later ones shows that the path reorders, and by how much. A repeated
 * copy does not count as late. But if a report comes sooner than half of the least round trip after
 * the copy (or by `wasOriginal`), the original arrived, and it was overdue when the copy was sent.
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

/** The first lost segment that waits to be sent again, or -1. */
export function nextLost(queue: SendQueue): number {
  if (queue.lost === 0) return -1;
  let index = Math.max(queue.resendFrom, queue.una);
  while (index < queue.nxt && ((queue.marks[index & queue.mask] as number) & (SACKED | LOST | RESENT)) !== LOST)
    index++;
  queue.resendFrom = index;
  return index < queue.nxt ? index : -1;
}

/**
 * The first segment below the highest SACKed that was neither reported nor sent again, or -1 (RFC
 * 6675 NextSeg rule 3).
 */
export function nextUnreported(queue: SendQueue): number {
  for (let index = queue.una; index < queue.highestSacked; index++) {
    if (((queue.marks[index & queue.mask] as number) & (SACKED | RESENT)) === 0) return index;
  }
  return -1;
}

/** Records that a segment goes out, for the first time or again. */
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
