// One connection in the engine: the protocol's state on one side, the channel to the application's thread on the other.

import {
  abort,
  type Connection,
  close,
  deadlineMillis,
  flush,
  isAtEnd,
  readableBytes,
  readInto,
  tick,
  transmit,
  writableBytes,
  write,
} from "../../protocol/connection/connection.ts";
import { type Listener, release } from "../../protocol/listener.ts";
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
import { type Datagrams, nextSlot, sendSlot } from "./datagrams.ts";
import { closeTrace, flushTrace, recordAck, type Trace } from "./trace.ts";

export interface Line {
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

export function createLine(connection: Connection, channel: Channel, trace: Trace | null): Line {
  return {
    ...{ connection, channel, trace, flushes: 0, isEnding: false, isRefused: false, isReleased: false },
    ...{ isForsaken: false, isChanged: true },
    publishedAtMillis: Number.NEGATIVE_INFINITY,
  };
}

/** Does what can be done now and returns when there is something to do at the latest. */
export function serve(line: Line, listener: Listener, datagrams: Datagrams, nowMillis: number): number {
  const c = line.connection;
  if (deadlineMillis(c) <= nowMillis) {
    tick(c, nowMillis);
    line.isChanged = true;
  }
  takeFromApplication(line);
  giveToApplication(line);
  send(line, datagrams, nowMillis);
  tellPhase(line);
  if (c.state === "closed" && c.owed === 0) letGo(line, listener, nowMillis);
  return Math.min(deadlineMillis(c), publishNumbers(line, nowMillis));
}

/** A segment has arrived for the connection. */
export function noticeSegment(line: Line, { flags }: Segment, nowMillis: number): void {
  line.isChanged = true;
  if (line.trace !== null && (flags & ACK) !== 0) recordAck(line.trace, line.connection, nowMillis);
}

function takeFromApplication(line: Line): void {
  const { connection: c, channel } = line;
  if (isAbortAsked(channel) && c.failure === null) abort(c);
  const [flushes, isEnded] = [flushesAsked(channel), ring.isEnded(channel.outgoing)];
  if (writableBytes(c) > 0) ring.drain(channel.outgoing, (bytes, start, end) => write(c, bytes.subarray(start, end)));
  if (ring.readableBytes(channel.outgoing) > 0) return;
  if (flushes !== line.flushes) {
    line.flushes = flushes;
    flush(c);
  }
  if (isEnded && !line.isEnding) {
    line.isEnding = true;
    close(c);
  }
}

function giveToApplication(line: Line): void {
  const { connection: c, channel } = line;
  if (readableBytes(c) > 0) {
    const given = ring.fill(channel.incoming, (bytes, start, end) => readInto(c, bytes, start, end));
    if (given > 0) line.isChanged = true;
  }
  if (isAtEnd(c) && !ring.isEnded(channel.incoming)) ring.end(channel.incoming);
}

function send(line: Line, datagrams: Datagrams, nowMillis: number): void {
  const c = line.connection;
  for (let slot = nextSlot(datagrams); slot !== null; slot = nextSlot(datagrams)) {
    const length = transmit(c, slot, nowMillis);
    if (length === 0) return;
    sendSlot(datagrams, length, c.path);
    line.isChanged = true;
  }
}

/** Who is told that all has arrived finds all of it in the trace. */
function tellPhase({ connection: c, channel, trace, isRefused }: Line): void {
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

function letGo(line: Line, listener: Listener, nowMillis: number): void {
  // What the peer sent before it closed may still be on its way to an application that reads slowly, unless it has given up.
  if (line.connection.failure === null && !ring.isEnded(line.channel.incoming)) {
    if (!line.isForsaken && !isAbortAsked(line.channel)) return;
    failChannel(line.channel, "E_RUDP_ABORTED");
  }
  publish(line.channel, line.connection);
  release(listener, line.connection, nowMillis);
  if (line.trace !== null) closeTrace(line.trace);
  line.isReleased = true;
}

/**
 * Publishes the numbers when they have changed, but only now and then; returns when it wants to be called again. A connection that is
 * idle wants nothing: what wakes another must not wake it too, or two of them wake each other for ever.
 */
function publishNumbers(line: Line, nowMillis: number): number {
  if (line.isReleased || !line.isChanged) return Number.POSITIVE_INFINITY;
  if (nowMillis - line.publishedAtMillis < PUBLISH_MILLIS) return line.publishedAtMillis + PUBLISH_MILLIS;
  publish(line.channel, line.connection);
  line.publishedAtMillis = nowMillis;
  line.isChanged = false;
  return Number.POSITIVE_INFINITY;
}
