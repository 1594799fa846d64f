// The receiver's finite queue: reassembly by slot, so that order costs nothing, and the SACK blocks that describe it (RFC 2018).
//
//      read                nxt                             read + capacity
//   ----|--- for the app ---|--- holes and early arrivals ---|  beyond: not accepted
//
// Nothing accepted is ever dropped again, so the peer may rely on what SACK reports.

import { MAX_SACK_BLOCKS, SEGMENT_BYTES } from "../wire.ts";

export interface ReceiveQueue {
  readonly capacity: number;
  readonly mask: number;
  readonly bytes: Uint8Array;
  readonly lengths: Uint16Array;
  readonly present: Uint8Array;
  /** The segment that the application reads next, and how much of it it has read. */
  read: number;
  readOffset: number;
  /** The next index expected; all below have arrived. */
  nxt: number;
  /** Bytes that the application can read. */
  readableBytes: number;
  /** The peer's last segment once it has been seen, else -1. */
  finIndex: number;
  /** Early arrivals, in slots above nxt. */
  early: number;
  /** The blocks reported last, the most recent first: left, right edges in turn; the first 2·blocks are valid. */
  readonly recent: Float64Array;
  blocks: number;
  /** A segment that came twice is reported once (RFC 2883), else -1. */
  duplicate: number;
}

export type Arrival = "beyond" | "duplicate" | "early" | "next";

/** An empty queue that expects index 1 first. `capacity` is a power of two. */
export function createReceiveQueue(capacity: number): ReceiveQueue {
  return {
    capacity,
    mask: capacity - 1,
    bytes: new Uint8Array(capacity * SEGMENT_BYTES),
    lengths: new Uint16Array(capacity),
    present: new Uint8Array(capacity),
    read: 1,
    readOffset: 0,
    nxt: 1,
    readableBytes: 0,
    finIndex: -1,
    early: 0,
    recent: new Float64Array(2 * MAX_SACK_BLOCKS + 2),
    blocks: 0,
    duplicate: -1,
  };
}

/** Takes a data segment (or the empty last one) and says what it was. */
export function accept(
  queue: ReceiveQueue,
  index: number,
  data: Uint8Array,
  start: number,
  length: number,
  isLast: boolean,
): Arrival {
  if (index >= queue.read + queue.capacity || (queue.finIndex >= 0 && index > queue.finIndex)) return "beyond";
  const slot = index & queue.mask;
  if (index < queue.nxt || queue.present[slot]) {
    queue.duplicate = index;
    return "duplicate";
  }
  if (length > 0) queue.bytes.set(data.subarray(start, start + length), slot * SEGMENT_BYTES);
  queue.lengths[slot] = length;
  queue.present[slot] = 1;
  if (isLast) queue.finIndex = index;
  if (index > queue.nxt) {
    queue.early++;
    report(queue, index);
    return "early";
  }
  advance(queue);
  return "next";
}

/** Copies what is readable into `into[start..end)`, frees the slots that were read to their end, and returns the number of bytes. */
export function read(queue: ReceiveQueue, into: Uint8Array, start = 0, end = into.length): number {
  let at = start;
  while (queue.read < queue.nxt) {
    const slot = queue.read & queue.mask;
    const left = (queue.lengths[slot] as number) - queue.readOffset;
    const length = Math.min(left, end - at);
    if (length > 0) {
      const from = slot * SEGMENT_BYTES + queue.readOffset;
      into.set(queue.bytes.subarray(from, from + length), at);
    }
    at += length;
    queue.readOffset += length;
    if (length < left) break;
    queue.read++;
    queue.readOffset = 0;
  }
  queue.readableBytes -= at - start;
  return at - start;
}

/** Whether the peer's last segment and all before it have arrived. */
export function isComplete(queue: ReceiveQueue): boolean {
  return queue.finIndex >= 0 && queue.nxt > queue.finIndex;
}

/** Segments that may still come, counted from nxt: the free space. */
export function windowSegments(queue: ReceiveQueue): number {
  return queue.read + queue.capacity - queue.nxt;
}

function advance(queue: ReceiveQueue): void {
  const first = queue.nxt;
  do {
    const slot = queue.nxt & queue.mask;
    queue.present[slot] = 0;
    queue.readableBytes += queue.lengths[slot] as number;
    queue.nxt++;
  } while (queue.present[queue.nxt & queue.mask]);
  queue.early -= queue.nxt - first - 1;
  if (queue.blocks > 0) keepBlocks(queue, (left) => left >= queue.nxt);
}

/** Puts the block around `index` first: grown from those reported lately, or, when it touches a forgotten one, found by looking. */
function report(queue: ReceiveQueue, index: number): void {
  let left = index;
  let right = index + 1;
  for (let i = 0; i < queue.blocks; i++) {
    if (queue.recent[2 * i + 1] === index) left = queue.recent[2 * i] as number;
    if (queue.recent[2 * i] === index + 1) right = queue.recent[2 * i + 1] as number;
  }
  while (left > queue.nxt + 1 && queue.present[(left - 1) & queue.mask]) left--;
  const end = queue.read + queue.capacity;
  while (right < end && queue.present[right & queue.mask]) right++;
  keepBlocks(queue, (otherLeft) => otherLeft < left || otherLeft >= right);
  queue.blocks = Math.min(queue.blocks, MAX_SACK_BLOCKS - 1);
  queue.recent.copyWithin(2, 0, 2 * queue.blocks);
  queue.recent[0] = left;
  queue.recent[1] = right;
  queue.blocks++;
}

function keepBlocks(queue: ReceiveQueue, keeps: (left: number) => boolean): void {
  let kept = 0;
  for (let i = 0; i < queue.blocks; i++) {
    if (!keeps(queue.recent[2 * i] as number)) continue;
    queue.recent[2 * kept] = queue.recent[2 * i] as number;
    queue.recent[2 * kept + 1] = queue.recent[2 * i + 1] as number;
    kept++;
  }
  queue.blocks = kept;
}
