// A connection attached to its application: the protocol's state on one side, the channel to the
// application's thread on the other. The engine exchanges bytes before it sends, and settles what
// the application is to know after.

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
  flushesAsked,
  isAbortAsked,
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
  /** The kernel said that the peer's port is closed. */
  isRefused: boolean;
  isReleased: boolean;
  /** The endpoint is closing: nobody reads what has not been read. */
  isForsaken: boolean;
  /** The connection's numbers may differ from the published ones. */
  isChanged: boolean;
  publishedAtMillis: number;
}

/** How old published numbers may be. */
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
    isForsaken: false,
    isChanged: true,
    publishedAtMillis: Number.NEGATIVE_INFINITY,
  };
}

/** A segment has arrived for the connection. */
export function noticeSegment(attachment: Attachment, { flags }: Segment, nowMillis: number): void {
  attachment.isChanged = true;
  if (attachment.trace !== null && (flags & ACK) !== 0) recordAck(attachment.trace, attachment.connection, nowMillis);
}

/**
 * Moves bytes both ways between the channel and the connection, and does what the application asked
 * for.
 */
export function exchange(attachment: Attachment): void {
  takeFromApplication(attachment);
  giveToApplication(attachment);
}

/**
 * Shows the application how the connection is, and lets go of it at its end; returns when that is
 * next due.
 */
export function settle(attachment: Attachment, port: Port, nowMillis: number): number {
  showPhase(attachment);
  const { connection } = attachment;
  if (connection.state === "closed" && isDone(attachment) && releaseClosed(port, connection, nowMillis)) {
    letGo(attachment);
  }
  return publishNumbers(attachment, nowMillis);
}

function takeFromApplication(attachment: Attachment): void {
  const { connection: c, channel } = attachment;
  if (isAbortAsked(channel) && c.failure === null) abort(c);
  const [flushes, isEnded] = [flushesAsked(channel), ring.isEnded(channel.outgoing)];
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
  if (isAtEnd(c) && !ring.isEnded(channel.incoming)) ring.end(channel.incoming);
}

/**
 * The trace is complete before a phase is announced: a reader of the phase may open the file at
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
 * Whether the application needs the connection no more. It may read slowly, and what the peer sent
 * before it closed waits for it, unless the connection failed or nobody is going to read.
 */
function isDone({ connection: c, channel, isForsaken }: Attachment): boolean {
  return c.failure !== null || ring.isEnded(channel.incoming) || isForsaken || isAbortAsked(channel);
}

function letGo(attachment: Attachment): void {
  const { connection, channel, trace } = attachment;
  if (connection.failure === null && !ring.isEnded(channel.incoming)) failChannel(channel, "E_RUDP_ABORTED");
  publish(channel, connection);
  if (trace !== null) closeTrace(trace);
  attachment.isReleased = true;
}

/**
 * Publishes the numbers when they have changed, but only now and then; returns when it wants to be
 * called again. A connection that is idle wants nothing: what wakes another must not wake it too,
 * or two of them wake each other for ever.
 */
function publishNumbers(attachment: Attachment, nowMillis: number): number {
  if (attachment.isReleased || !attachment.isChanged) return Number.POSITIVE_INFINITY;
  if (nowMillis - attachment.publishedAtMillis < PUBLISH_MILLIS) return attachment.publishedAtMillis + PUBLISH_MILLIS;
  publish(attachment.channel, attachment.connection);
  attachment.publishedAtMillis = nowMillis;
  attachment.isChanged = false;
  return Number.POSITIVE_INFINITY;
}
