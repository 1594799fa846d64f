// The receiver's bounded queue: reassembly by slot, which puts segments in order at no cost, and
// the SACK blocks that describe it (RFC 2018).
//
//      read                nxt                             read + capacity
//   ----|--- for the app ---|--- holes and early arrivals ---|  beyond: not accepted
//
// Nothing accepted is ever dropped again, so the peer may rely on SACK's reports.

import { MAX_SACK_BLOCKS, SEGMENT_BYTES } from "../wire.ts";
import { giveBack } from "./give-back.ts";

export interface ReceiveQueue {
  readonly capacity: number;
  readonly mask: number;
  /** Empty once the peer's last octet is read. */
  bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint16Array;
  readonly present: Uint8Array;
  /** The segment that the application reads next, and how many of its bytes it has read. */
  read: number;
  readOffset: number;
  /** The next expected index; everything below has arrived. */
  nxt: number;
  /** Bytes that the application can read. */
  readableBytes: number;
  /** Index of the peer's last segment once it has arrived, else -1. */
  finIndex: number;
  /** Early arrivals, in slots above nxt. */
  early: number;
  /**
   * Blocks as pairs of left and right edge, the one with the latest arrival first: those that no
   * acknowledgement has reported yet, then the most recently reported ones. The first 2·blocks
   * entries are valid.
   */
  readonly recent: Float64Array;
  blocks: number;
  unreported: number;
  /** A segment that arrived twice, to be reported once (RFC 2883), else -1. */
  duplicate: number;
}

export type Arrival = "beyond" | "duplicate" | "early" | "next";

/** An empty queue that first expects index 1. `capacity` is a power of two. */
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
    recent: new Float64Array(capacity + 2),
    blocks: 0,
    unreported: 0,
    duplicate: -1,
  };
}

/** Accepts a data segment (or an empty last one) and classifies it. */
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
  giveBackRead(queue);
  return "next";
}

function giveBackRead(queue: ReceiveQueue): void {
  if (isComplete(queue) && queue.readableBytes === 0) queue.bytes = giveBack(queue.bytes);
}

/**
 * Copies readable bytes into `into[start..end)`, frees the slots read to their end, and returns the
 * number of bytes.
 */
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
  giveBackRead(queue);
  return at - start;
}

/** Whether the peer's last segment and everything before it have arrived. */
export function isComplete(queue: ReceiveQueue): boolean {
  return queue.finIndex >= 0 && queue.nxt > queue.finIndex;
}

/**
 * Takes up to `most` blocks for an acknowledgement. Returns the index of the first in `recent`. A
 * poll may bring more blocks than fit: the oldest are reported first, as if each acknowledgement
 * had gone out when it was full, and the last is filled with blocks reported before (RFC 2018 4).
 */
export function takeReports(queue: ReceiveQueue, most: number): number {
  queue.unreported = Math.max(0, queue.unreported - most);
  return queue.unreported;
}

/** Segments that may still arrive, counted from nxt: the free space. */
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

/**
 * Moves the block around `index` to the front. It is grown from the recent ones or, if it touches a
 * forgotten one, found by searching.
 */
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
  queue.blocks = Math.min(queue.blocks, Math.max(queue.unreported, MAX_SACK_BLOCKS - 1));
  queue.recent.copyWithin(2, 0, 2 * queue.blocks);
  queue.recent[0] = left;
  queue.recent[1] = right;
  queue.blocks++;
  queue.unreported++;
}

function keepBlocks(queue: ReceiveQueue, keeps: (left: number) => boolean): void {
  let [kept, unreported] = [0, 0];
  for (let i = 0; i < queue.blocks; i++) {
    if (!keeps(queue.recent[2 * i] as number)) continue;
    if (i < queue.unreported) unreported++;
    queue.recent[2 * kept] = queue.recent[2 * i] as number;
    queue.recent[2 * kept + 1] = queue.recent[2 * i + 1] as number;
    kept++;
  }
  queue.blocks = kept;
  queue.unreported = unreported;
}
