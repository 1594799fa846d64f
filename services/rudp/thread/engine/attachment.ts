// A connection attached to its application: the protocol's state on one side, the channel to the
// application's thread on the other. The engine exchanges bytes before it sends, and publishes the
// connection's state afterwards.

import {
  abort,
  type Connection,
  close,
  flush,
  isAtEnd,
  readableBytes,
  readInto,
  writableBytes,
  write,
} from "../../protocol/connection/connection.ts";
import { type Port, releaseClosed } from "../../protocol/port/port.ts";
import { ACK, type Segment } from "../../protocol/wire.ts";
import {
  type Channel,
  failChannel,
  flushesRequested,
  isAbortRequested,
  type Phase,
  phaseOf,
  publish,
  setPhase,
} from "../channel.ts";
import * as ring from "../ring.ts";
import { closeTrace, flushTrace, recordAck, type Trace } from "./trace.ts";

export interface Attachment {
  readonly connection: Connection;
  readonly channel: Channel;
  readonly trace: Trace | null;
  flushes: number;
  isEnding: boolean;
  /** The kernel reported that the peer's port is closed. */
  isRefused: boolean;
  isReleased: boolean;
  /** The endpoint is closing: unread data will never be read. */
  isAbandoned: boolean;
  /** The connection's numbers may differ from the published ones. */
  isChanged: boolean;
  publishedAtMillis: number;
}

/** Largest age of published numbers. */
const PUBLISH_MILLIS = 50;

export function attach(connection: Connection, channel: Channel, trace: Trace | null): Attachment {
  return {
    connection,
    channel,
    trace,
    flushes: 0,
    isEnding: false,
    isRefused: false,
    isReleased: false,
    isAbandoned: false,
    isChanged: true,
    publishedAtMillis: Number.NEGATIVE_INFINITY,
  };
}

/** Notes that a segment arrived for the connection. */
export function noticeSegment(attachment: Attachment, { flags }: Segment, nowMillis: number): void {
  attachment.isChanged = true;
  if (attachment.trace !== null && (flags & ACK) !== 0) recordAck(attachment.trace, attachment.connection, nowMillis);
}

/**
 * Moves bytes both ways between channel and connection, and performs what the application
 * requested. The numbers are published before the end of the peer's data: who has read it knows
 * the last ones.
 */
export function exchange(attachment: Attachment): void {
  takeFromApplication(attachment);
  giveToApplication(attachment);
}

/**
 * Publishes the connection's state and releases the connection at its end. Returns when to call it
 * again.
 */
export function settle(attachment: Attachment, port: Port, nowMillis: number): number {
  showPhase(attachment);
  const { connection } = attachment;
  if (connection.state === "closed" && isDone(attachment) && releaseClosed(port, connection, nowMillis)) {
    release(attachment);
  }
  return publishNumbers(attachment, nowMillis);
}

function takeFromApplication(attachment: Attachment): void {
  const { connection: c, channel } = attachment;
  if (isAbortRequested(channel) && c.failure === null) abort(c);
  const [flushes, isEnded] = [flushesRequested(channel), ring.isEnded(channel.outgoing)];
  if (writableBytes(c) > 0) ring.drain(channel.outgoing, (bytes, start, end) => write(c, bytes.subarray(start, end)));
  if (ring.readableBytes(channel.outgoing) > 0) return;
  if (flushes !== attachment.flushes) {
    attachment.flushes = flushes;
    flush(c);
  }
  if (isEnded && !attachment.isEnding) {
    attachment.isEnding = true;
    close(c);
  }
}

function giveToApplication(attachment: Attachment): void {
  const { connection: c, channel } = attachment;
  if (readableBytes(c) > 0) {
    const given = ring.fill(channel.incoming, (bytes, start, end) => readInto(c, bytes, start, end));
    if (given > 0) attachment.isChanged = true;
  }
  if (isAtEnd(c) && !ring.isEnded(channel.incoming)) {
    publish(channel, c);
    ring.end(channel.incoming);
  }
}

/**
 * Flushes the trace before announcing a phase, because a reader of the phase may open the file at
 * once.
 */
function showPhase({ connection: c, channel, trace, isRefused }: Attachment): void {
  const phase = phaseNow(c);
  if (phase === phaseOf(channel)) return;
  if (trace !== null) flushTrace(trace);
  publish(channel, c);
  if (phase === "failed") failChannel(channel, isRefused ? "E_RUDP_REFUSED" : (c.failure ?? "E_RUDP_ENGINE"));
  else setPhase(channel, phase);
}

function phaseNow({ state, failure }: Connection): Phase {
  if (failure !== null) return "failed";
  if (state === "syn-sent" || state === "syn-received") return "opening";
  if (state === "fin-wait-2") return "delivered";
  return state === "time-wait" || state === "closed" ? "done" : "open";
}

/**
 * Whether the application needs the connection no more. A slow reader may still want data that
 * arrived before the peer closed, unless the connection failed or the endpoint is closing.
 */
function isDone({ connection: c, channel, isAbandoned }: Attachment): boolean {
  return c.failure !== null || ring.isEnded(channel.incoming) || isAbandoned || isAbortRequested(channel);
}

function release(attachment: Attachment): void {
  const { connection, channel, trace } = attachment;
  publish(channel, connection);
  if (connection.failure === null && !ring.isEnded(channel.incoming)) failChannel(channel, "E_RUDP_ABORTED");
  if (trace !== null) closeTrace(trace);
  attachment.isReleased = true;
}

/**
 * Publishes changed numbers at most every PUBLISH_MILLIS; returns when to call it again. An idle
 * connection never asks to be called: otherwise two idle connections would wake each other for
 * ever.
 */
function publishNumbers(attachment: Attachment, nowMillis: number): number {
  if (attachment.isReleased || !attachment.isChanged) return Number.POSITIVE_INFINITY;
  if (nowMillis - attachment.publishedAtMillis < PUBLISH_MILLIS) return attachment.publishedAtMillis + PUBLISH_MILLIS;
  publish(attachment.channel, attachment.connection);
  attachment.publishedAtMillis = nowMillis;
  attachment.isChanged = false;
  return Number.POSITIVE_INFINITY;
}
