// The connection as its drivers see it. Each event is a function: open, receiveSegment, tick,
// write, flush, readInto, close, abort. After events, a driver calls `transmit` until it returns 0,
// which yields one datagram per call, and calls `tick` at `deadlineMillis`. ../port/port.ts has the
// connections of one UDP port. Pure: the same events give the same results.

import type { ConnectionNumbers } from "../../../../lib/contract/transfer.ts";
import { rtoMillis } from "../rtt.ts";
import { isComplete, read } from "./receive-queue.ts";
import { inFlightSegments } from "./recovery.ts";
import { enqueue, flightSegments, flush as flushQueue, freeBytes } from "./send-queue.ts";
import { type Connection, isSynchronized, OWED } from "./state.ts";
import { earliest } from "./timers.ts";

export { abort, close } from "./closing.ts";
export { adopt, open } from "./handshake.ts";
export type { ConnectionOptions } from "./options.ts";
export { receiveSegment } from "./receive.ts";
export { type Connection, createConnection, type Failure } from "./state.ts";
export { tick } from "./tick.ts";
export { transmit } from "./transmit.ts";

/**
 * Queues as much of `data[start..)` as fits and returns the number of bytes; 0 once closed. A full
 * segment may go at once; a rest waits for more bytes or a flush.
 */
export function write(c: Connection, data: Uint8Array, start = 0): number {
  if (c.state === "closed") return 0;
  const taken = enqueue(c.send, data, start);
  if (!c.options.coalesce) flushQueue(c.send);
  return taken;
}

/** Releases everything written so far for sending. */
export function flush(c: Connection): void {
  if (c.state !== "closed") flushQueue(c.send);
}

/**
 * Reads in order into `into[start..end)` and returns the number of bytes. Advertises the window
 * anew when half of the queue has become free.
 */
export function readInto(c: Connection, into: Uint8Array, start = 0, end = into.length): number {
  const bytes = read(c.receive, into, start, end);
  c.counters.dataBytesDelivered += bytes;
  const gained = c.receive.read + c.receive.capacity - c.advertisedEdge;
  if (gained >= c.receive.capacity / 2 && isSynchronized(c.state) && !isComplete(c.receive)) c.owed |= OWED.ack;
  return bytes;
}

export function readableBytes(c: Connection): number {
  return c.receive.readableBytes;
}

export function writableBytes(c: Connection): number {
  return c.state === "closed" ? 0 : freeBytes(c.send);
}

/** Whether the peer has ended and everything it sent has been read. */
export function isAtEnd(c: Connection): boolean {
  return isComplete(c.receive) && c.receive.readableBytes === 0;
}

/** When to call `tick`; Infinity: only an event can change anything. */
export function deadlineMillis(c: Connection): number {
  return earliest(c.timers);
}

/** How the connection stands, beside its counters. */
interface Snapshot extends Omit<ConnectionNumbers, "acknowledgedSegments"> {
  state: Connection["state"];
  phase: Connection["recovery"]["phase"];
}

/** The numbers that metrics and traces show. Windows in segments, times in milliseconds. */
export function snapshot(c: Connection): Snapshot {
  const { congestion, rtt, send } = c;
  return {
    state: c.state,
    phase: c.recovery.phase,
    windowSegments: congestion.windowSegments,
    thresholdSegments: Number.isFinite(congestion.thresholdSegments) ? congestion.thresholdSegments : null,
    smoothedRttMillis: rtt.smoothedMillis,
    rttVariationMillis: rtt.variationMillis,
    rtoMillis: rtoMillis(rtt),
    inFlightSegments: inFlightSegments(c),
    outstandingSegments: flightSegments(send),
    peerWindowSegments: send.edge - send.nxt,
    ...c.counters,
  };
}
