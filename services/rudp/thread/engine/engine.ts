// The engine runs all connections in a thread of its own. Datagrams, the bell and the alarm only
// request a turn. A turn serves each port once: due deadlines, bytes between connections and
// applications, a batch of datagrams, then the published state. It follows all datagrams of one
// poll of the socket, so neither direction starves. An idle connection costs a few loads per turn;
// the cost of a datagram does not depend on the number of connections.

import { randomBytes } from "node:crypto";
import { RttlabError } from "../../../../lib/errors.ts";
import { abort, type Connection, type ConnectionOptions } from "../../protocol/connection/connection.ts";
import {
  connect,
  createPort,
  markReady,
  nextDeadlineMillis,
  type Port,
  receive,
  tickDue,
  transmitNext,
} from "../../protocol/port/port.ts";
import { rtoMillis } from "../../protocol/rtt.ts";
import { type Bell, heard, silence } from "../bell.ts";
import { type Channel, createChannel } from "../channel.ts";
import { type Attachment, attach, exchange, noticeSegment, settle } from "./attachment.ts";
import { beginBatch, type Datagrams, nextSlot, openDatagrams, pathOf, sendSlot } from "./datagrams.ts";
import { type Alarm, createAlarm, wakeBy } from "./deadline.ts";
import type { OwnPlace, Place } from "./messages.ts";
import { flushTrace, recordAck, type Trace, traceOf } from "./trace.ts";

/** A port with its UDP socket: a listening one, or one made for a single outgoing connection. */
export interface BoundPort {
  readonly port: Port;
  readonly datagrams: Datagrams;
  readonly attachments: Map<Connection, Attachment>;
  readonly onAccepted: (channel: Channel, peer: string) => void;
  isListening: boolean;
  /**
   * Until then a port that opened a connection stays after this end has aborted it: a peer that has
   * not had all data challenges the reset (RFC 5961 3.2), and the answer is one that it takes.
   */
  staysUntilMillis: number;
  /**
   * Called when the port listens no more. By then the socket is closed, unless connections still
   * use it.
   */
  onUnlistened: (() => void) | null;
}

export interface Engine {
  readonly bell: Bell;
  readonly ports: Set<BoundPort>;
  readonly alarm: Alarm;
  readonly onIdle: () => void;
  /** Where every connection that begins writes its course; null: nowhere. */
  traceFolder: string | null;
  /** How many connections have done so. */
  traces: number;
  /** How many turns it has taken. */
  turns: number;
  isTurnDue: boolean;
  isStopping: boolean;
}

/** `onIdle` is called after `stop`, when no work is left. */
export function createEngine(bell: Bell, onIdle: () => void): Engine {
  const alarm = createAlarm(() => requestTurn(engine));
  const engine: Engine = {
    bell,
    ports: new Set(),
    alarm,
    onIdle,
    traceFolder: null,
    traces: 0,
    turns: 0,
    isTurnDue: false,
    isStopping: false,
  };
  void listenToBell(engine);
  return engine;
}

export async function listenAt(
  engine: Engine,
  place: OwnPlace,
  maximumConnections: number,
  connection: Partial<ConnectionOptions>,
  onAccepted: BoundPort["onAccepted"],
): Promise<BoundPort> {
  return openPort(engine, newPort(true, maximumConnections, connection), place, null, onAccepted);
}

export async function connectTo(
  engine: Engine,
  from: string | null,
  to: Place,
  connection: Partial<ConnectionOptions>,
  channel: Channel,
  trace: Trace | null,
): Promise<void> {
  const local = { address: from ?? "0.0.0.0", port: 0 };
  const { port, attachments } = await openPort(engine, newPort(false, 1, connection), local, to, () => {});
  const opened = connect(port, pathOf(to), performance.now());
  attachments.set(opened, attach(opened, channel, trace));
  requestTurn(engine);
}

/**
 * Connections that begin from now on are traced there; the traces so far are complete when this
 * returns.
 */
export function traceInto(engine: Engine, folder: string | null): void {
  engine.traceFolder = folder;
  for (const { attachments } of engine.ports) {
    for (const { trace } of attachments.values()) if (trace !== null) flushTrace(trace);
  }
}

/** Stops listening; the connections stay. */
export function unlisten(engine: Engine, bound: BoundPort, onUnlistened: () => void): void {
  bound.onUnlistened ??= onUnlistened;
  bound.port.options.accepts = false;
  bound.isListening = false;
  requestTurn(engine);
}

/** Aborts open connections and ends when the last closed one has waited out its TIME-WAIT. */
export function stop(engine: Engine): void {
  engine.isStopping = true;
  for (const bound of engine.ports) {
    unlisten(engine, bound, () => {});
    for (const attachment of bound.attachments.values()) abandon(attachment);
  }
  requestTurn(engine);
}

const CLOSED_BY_BOTH: readonly Connection["state"][] = ["closing", "last-ack", "time-wait"];

/** An orderly close under way may still complete, although nobody reads any more. */
function abandon(attachment: Attachment): void {
  attachment.isAbandoned = true;
  if (!CLOSED_BY_BOTH.includes(attachment.connection.state)) abort(attachment.connection);
}

export function requestTurn(engine: Engine): void {
  if (engine.isTurnDue) return;
  engine.isTurnDue = true;
  setImmediate(turn, engine);
}

async function listenToBell(engine: Engine): Promise<void> {
  for (;;) {
    await heard(engine.bell);
    requestTurn(engine);
    await new Promise(setImmediate);
  }
}

function turn(engine: Engine): void {
  engine.isTurnDue = false;
  engine.turns++;
  silence(engine.bell);
  const nowMillis = performance.now();
  let wakeAtMillis = Number.POSITIVE_INFINITY;
  for (const bound of engine.ports) {
    wakeAtMillis = Math.min(wakeAtMillis, servePort(engine, bound, nowMillis));
    if (!bound.isListening) wakeAtMillis = Math.min(wakeAtMillis, releasePort(engine, bound, nowMillis));
  }
  wakeBy(engine.alarm, wakeAtMillis, nowMillis);
  if (engine.isStopping && engine.ports.size === 0) engine.onIdle();
}

/** Returns the latest time of the port's next turn. */
function servePort(engine: Engine, bound: BoundPort, nowMillis: number): number {
  const { port, datagrams, attachments } = bound;
  attachAccepted(engine, bound);
  if (!beginBatch(datagrams)) return nowMillis + 1;
  for (const c of tickDue(port, nowMillis)) noticeChange(bound, c);
  for (const attachment of attachments.values()) {
    exchange(attachment);
    markReady(port, attachment.connection);
  }
  sendBatch(bound, nowMillis);
  if (nextSlot(datagrams) === null) requestTurn(engine);
  let wakeAtMillis = Number.POSITIVE_INFINITY;
  for (const attachment of attachments.values()) {
    wakeAtMillis = Math.min(wakeAtMillis, settle(attachment, port, nowMillis));
    if (attachment.isReleased) forget(bound, attachment.connection, nowMillis);
  }
  return Math.min(wakeAtMillis, nextDeadlineMillis(port));
}

function forget(bound: BoundPort, c: Connection, nowMillis: number): void {
  bound.attachments.delete(c);
  const wasOpened = bound.datagrams.peer !== null && c.remoteId !== 0;
  if (wasOpened && c.failure === "E_RUDP_ABORTED") bound.staysUntilMillis = nowMillis + rtoMillis(c.rtt);
}

function attachAccepted(engine: Engine, { port, attachments, onAccepted }: BoundPort): void {
  for (const c of port.accepted.splice(0)) {
    const channel = createChannel();
    const nowMillis = performance.now();
    const trace = traceOf(engine, c.path, nowMillis);
    if (trace !== null) recordAck(trace, c, nowMillis); // its window as it was given
    const attachment = attach(c, channel, trace);
    attachments.set(c, attachment);
    if (engine.isStopping) abandon(attachment);
    else onAccepted(channel, c.path);
  }
}

/** Sends what the port has to send, up to a full batch. */
function sendBatch(bound: BoundPort, nowMillis: number): void {
  const { port, datagrams } = bound;
  for (let slot = nextSlot(datagrams); slot !== null; slot = nextSlot(datagrams)) {
    const departure = transmitNext(port, slot, nowMillis);
    if (departure === null) return;
    sendSlot(datagrams, departure.length, departure.to);
    if (departure.connection !== null) noticeChange(bound, departure.connection);
  }
}

/** Marks the connection's numbers as changed. */
function noticeChange({ attachments }: BoundPort, c: Connection): void {
  const attachment = attachments.get(c);
  if (attachment !== undefined) attachment.isChanged = true;
}

async function openPort(
  engine: Engine,
  port: Port,
  place: OwnPlace,
  peer: Place | null,
  onAccepted: BoundPort["onAccepted"],
): Promise<BoundPort> {
  const attachments: BoundPort["attachments"] = new Map();
  const onDatagram = (bytes: Uint8Array, from: string) => {
    const nowMillis = performance.now();
    const c = receive(port, bytes, from, nowMillis);
    const attachment = c === null ? undefined : attachments.get(c);
    if (attachment !== undefined) noticeSegment(attachment, port.segment, nowMillis);
    requestTurn(engine);
  };
  /**
   * The kernel reports that nobody listens at the peer's port. Believed only until the peer has
   * answered (RFC 5927 6.1).
   */
  const onUnreachable = () => {
    for (const attachment of attachments.values()) {
      if (attachment.connection.state !== "syn-sent") continue;
      attachment.isRefused = true;
      abort(attachment.connection);
    }
    requestTurn(engine);
  };
  const datagrams = await openDatagrams(place, peer, onDatagram, onUnreachable);
  if (engine.isStopping) {
    datagrams.socket.close();
    throw new RttlabError("E_RUDP_ENGINE", `opening UDP port ${pathOf(datagrams.place)}: the endpoint is closed`);
  }
  const isListening = peer === null;
  const staysUntilMillis = Number.NEGATIVE_INFINITY;
  const onUnlistened = null;
  const bound = { port, datagrams, attachments, onAccepted, isListening, staysUntilMillis, onUnlistened };
  engine.ports.add(bound);
  return bound;
}

/**
 * Closes a port that listens no more once its last connection is gone; returns when to call it
 * again.
 */
function releasePort(engine: Engine, bound: BoundPort, nowMillis: number): number {
  if (bound.attachments.size === 0 && nowMillis < bound.staysUntilMillis) return bound.staysUntilMillis;
  const onUnlistened = bound.onUnlistened ?? (() => {});
  bound.onUnlistened = () => {};
  if (bound.attachments.size > 0) {
    onUnlistened();
    return Number.POSITIVE_INFINITY;
  }
  engine.ports.delete(bound);
  // Deferred, because Node may still hold datagrams of this turn.
  setImmediate(() => bound.datagrams.socket.close(onUnlistened));
  return Number.POSITIVE_INFINITY;
}

function newPort(accepts: boolean, maximumConnections: number, connection: Partial<ConnectionOptions>): Port {
  const random = () => randomBytes(4).readUInt32LE();
  return createPort({ accepts, maximumConnections, connection }, randomBytes(32), random);
}
