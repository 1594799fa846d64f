// One connection in the engine: the protocol's state on one side, the channel to the application's thread on the other.

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
} from "../connection/connection.ts";
import { type Listener, release } from "../listener.ts";
import * as ring from "../ring.ts";
import { type Datagrams, nextSlot, sendSlot } from "./datagrams.ts";
import { closeTrace, flushTrace, type Trace } from "./trace.ts";

export interface Line {
  readonly connection: Connection;
  readonly channel: Channel;
  readonly trace: Trace | null;
  flushes: number;
  isEnding: boolean;
  /** The kernel said that the peer's port is closed. */
  isRefused: boolean;
  isReleased: boolean;
  publishedAtMillis: number;
}

/** How old published numbers may be. */
const PUBLISH_MILLIS = 50;

export function createLine(connection: Connection, channel: Channel, trace: Trace | null): Line {
  return {
    ...{ connection, channel, trace, flushes: 0, isEnding: false, isRefused: false, isReleased: false },
    publishedAtMillis: Number.NEGATIVE_INFINITY,
  };
}

/** Does what can be done now and returns when there is something to do at the latest. */
export function serve(line: Line, listener: Listener, datagrams: Datagrams, nowMillis: number): number {
  const c = line.connection;
  if (deadlineMillis(c) <= nowMillis) tick(c, nowMillis);
  takeFromApplication(line);
  giveToApplication(line);
  send(c, datagrams, nowMillis);
  tellPhase(line);
  if (c.state === "closed" && c.owed === 0) letGo(line, listener, nowMillis);
  return Math.min(deadlineMillis(c), publishNumbers(line, nowMillis));
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

function giveToApplication({ connection: c, channel }: Line): void {
  if (readableBytes(c) > 0) ring.fill(channel.incoming, (bytes, start, end) => readInto(c, bytes, start, end));
  if (isAtEnd(c) && !ring.isEnded(channel.incoming)) ring.end(channel.incoming);
}

function send(c: Connection, datagrams: Datagrams, nowMillis: number): void {
  for (let slot = nextSlot(datagrams); slot !== null; slot = nextSlot(datagrams)) {
    const length = transmit(c, slot, nowMillis);
    if (length === 0) return;
    sendSlot(datagrams, length, c.path);
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
  // What the peer sent before it closed may still be on its way to an application that reads slowly.
  if (line.connection.failure === null && !ring.isEnded(line.channel.incoming)) return;
  publish(line.channel, line.connection);
  release(listener, line.connection, nowMillis);
  if (line.trace !== null) closeTrace(line.trace);
  line.isReleased = true;
}

/** Publishes the numbers now and then; returns when the next time is, if they change by then. */
function publishNumbers(line: Line, nowMillis: number): number {
  if (line.isReleased) return Number.POSITIVE_INFINITY;
  if (nowMillis - line.publishedAtMillis < PUBLISH_MILLIS) return line.publishedAtMillis + PUBLISH_MILLIS;
  publish(line.channel, line.connection);
  line.publishedAtMillis = nowMillis;
  return Number.POSITIVE_INFINITY;
}
