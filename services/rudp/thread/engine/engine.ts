// The engine: everything that runs a connection, in a thread of its own. Datagrams, the bell and the alarm only ask for a turn; a turn looks at
// every connection once: the application's bytes into the protocol, the protocol's to the application, then what may be sent.
// A turn comes after all datagrams that one poll of the socket brought, and sends at most a batch a port, so neither direction starves.
// Looking at a connection that has nothing to do costs some loads; what each datagram costs does not grow with their number.

import { randomBytes } from "node:crypto";
import { RttlabError } from "../../../../lib/errors.ts";
import { abort, type Connection, type ConnectionOptions } from "../../protocol/connection/connection.ts";
import { connect, createListener, type Listener, receiveDatagram } from "../../protocol/listener.ts";
import { type Bell, heard, silence } from "../bell.ts";
import { type Channel, createChannel } from "../channel.ts";
import { beginBatch, type Datagrams, nextSlot, openDatagrams, pathOf, sendSlot } from "./datagrams.ts";
import { type Alarm, createAlarm, wakeBy } from "./deadline.ts";
import { createLine, type Line, noticeSegment, serve } from "./line.ts";
import type { Place } from "./messages.ts";
import type { Trace } from "./trace.ts";

/** A UDP port: one that listens, or one made for a single connection out. */
export interface Port {
  readonly listener: Listener;
  readonly datagrams: Datagrams;
  readonly lines: Map<Connection, Line>;
  readonly onAccepted: (channel: Channel, peer: string) => void;
  isListening: boolean;
  /** Called once it listens no more: with the socket closed, unless connections stay on it. */
  onUnlistened: (() => void) | null;
  /** The connection that has the first turn: each in turn, so that none has the batch to itself. */
  first: number;
}

export interface Engine {
  readonly bell: Bell;
  readonly ports: Set<Port>;
  readonly alarm: Alarm;
  readonly onIdle: () => void;
  /** How often it has looked at its connections. */
  turns: number;
  isTurnDue: boolean;
  isStopping: boolean;
}

/** `onIdle` is called when the engine was told to stop and has nothing left to do. */
export function createEngine(bell: Bell, onIdle: () => void): Engine {
  const alarm = createAlarm(() => askTurn(engine));
  const engine: Engine = { bell, ports: new Set(), alarm, onIdle, turns: 0, isTurnDue: false, isStopping: false };
  void listenToBell(engine);
  return engine;
}

export async function listenAt(
  engine: Engine,
  place: Place,
  maximumConnections: number,
  connection: Partial<ConnectionOptions>,
  onAccepted: Port["onAccepted"],
): Promise<Port> {
  const listener = newListener(true, maximumConnections, connection);
  return openPort(engine, listener, place, null, onAccepted);
}

export async function connectTo(
  engine: Engine,
  from: string | null,
  to: Place,
  connection: Partial<ConnectionOptions>,
  channel: Channel,
  trace: Trace | null,
): Promise<void> {
  const listener = newListener(false, 1, connection);
  const local = { address: from ?? "0.0.0.0", port: 0 };
  const port = await openPort(engine, listener, local, to, () => {});
  const opened = connect(listener, pathOf(to), performance.now());
  port.lines.set(opened, createLine(opened, channel, trace));
  askTurn(engine);
}

/** Listens no more; the connections stay. */
export function unlisten(engine: Engine, port: Port, onUnlistened: () => void): void {
  port.onUnlistened ??= onUnlistened;
  port.listener.options.accepts = false;
  port.isListening = false;
  askTurn(engine);
}

/** Breaks off what is still open and ends when the last closed connection has waited its time. */
export function stop(engine: Engine): void {
  engine.isStopping = true;
  for (const port of engine.ports) {
    unlisten(engine, port, () => {});
    for (const line of port.lines.values()) forsake(line);
  }
  askTurn(engine);
}

const CLOSED_BY_BOTH: readonly Connection["state"][] = ["closing", "last-ack", "time-wait"];

/** An orderly end that is under way may come to it; but nobody reads any more. */
function forsake(line: Line): void {
  line.isForsaken = true;
  if (!CLOSED_BY_BOTH.includes(line.connection.state)) abort(line.connection);
}

export function askTurn(engine: Engine): void {
  if (engine.isTurnDue) return;
  engine.isTurnDue = true;
  setImmediate(turn, engine);
}

async function listenToBell(engine: Engine): Promise<void> {
  for (;;) {
    await heard(engine.bell);
    askTurn(engine);
    await new Promise(setImmediate);
  }
}

function turn(engine: Engine): void {
  engine.isTurnDue = false;
  engine.turns++;
  silence(engine.bell);
  const nowMillis = performance.now();
  let wakeAtMillis = Number.POSITIVE_INFINITY;
  for (const port of engine.ports) {
    wakeAtMillis = Math.min(wakeAtMillis, servePort(engine, port, nowMillis));
    if (!port.isListening) releasePort(engine, port);
  }
  wakeBy(engine.alarm, wakeAtMillis, nowMillis);
  if (engine.isStopping && engine.ports.size === 0) engine.onIdle();
}

/** Returns when the port's next turn is due at the latest. */
function servePort(engine: Engine, port: Port, nowMillis: number): number {
  const { listener, datagrams, lines } = port;
  for (const c of listener.accepted.splice(0)) {
    const channel = createChannel();
    const line = createLine(c, channel, null);
    lines.set(c, line);
    if (engine.isStopping) forsake(line);
    else port.onAccepted(channel, c.path);
  }
  if (!beginBatch(datagrams)) return nowMillis + 1;
  sendReplies(port);
  let wakeAtMillis = Number.POSITIVE_INFINITY;
  const inOrder = [...lines.values()];
  for (let i = 0; i < inOrder.length; i++) {
    const line = inOrder[(port.first + i) % inOrder.length] as Line;
    wakeAtMillis = Math.min(wakeAtMillis, serve(line, port.listener, datagrams, nowMillis));
    if (line.isReleased) lines.delete(line.connection);
  }
  port.first++;
  if (nextSlot(datagrams) === null) askTurn(engine);
  return wakeAtMillis;
}

/** What is said without a connection, as much as the batch holds. */
function sendReplies({ listener, datagrams }: Port): void {
  const { replies } = listener;
  let sent = 0;
  for (; sent < replies.length; sent++) {
    const slot = nextSlot(datagrams);
    if (slot === null) break;
    const { bytes, to } = replies[sent] as (typeof replies)[number];
    slot.set(bytes);
    sendSlot(datagrams, bytes.length, to);
  }
  replies.splice(0, sent);
}

async function openPort(
  engine: Engine,
  listener: Listener,
  place: Place,
  peer: Place | null,
  onAccepted: Port["onAccepted"],
): Promise<Port> {
  const lines: Port["lines"] = new Map();
  const onDatagram = (bytes: Uint8Array, from: string) => {
    const nowMillis = performance.now();
    const c = receiveDatagram(listener, bytes, from, nowMillis);
    const line = c === null ? undefined : lines.get(c);
    if (line !== undefined) noticeSegment(line, listener.segment, nowMillis);
    askTurn(engine);
  };
  /** The kernel says that nobody listens there: believed only until the peer has spoken (RFC 5927 6.1). */
  const onUnreachable = () => {
    for (const line of lines.values()) {
      if (line.connection.state !== "syn-sent") continue;
      line.isRefused = true;
      abort(line.connection);
    }
    askTurn(engine);
  };
  const datagrams = await openDatagrams(place, peer, onDatagram, onUnreachable);
  if (engine.isStopping) {
    datagrams.socket.close();
    throw new RttlabError("E_RUDP_ENGINE", `opening UDP port ${pathOf(datagrams.place)}: the endpoint is closed`);
  }
  const isListening = peer === null;
  const port: Port = { listener, datagrams, lines, onAccepted, isListening, onUnlistened: null, first: 0 };
  engine.ports.add(port);
  return port;
}

/** Closes a port that listens no more when its last connection is gone. */
function releasePort(engine: Engine, port: Port): void {
  const onUnlistened = port.onUnlistened ?? (() => {});
  port.onUnlistened = () => {};
  if (port.lines.size > 0) {
    onUnlistened();
    return;
  }
  engine.ports.delete(port);
  // Not before the batch is out: Node may still hold datagrams of this turn.
  setImmediate(() => port.datagrams.socket.close(onUnlistened));
}

function newListener(accepts: boolean, maximumConnections: number, connection: Partial<ConnectionOptions>): Listener {
  const random = () => randomBytes(4).readUInt32LE();
  return createListener({ accepts, maximumConnections, connection }, randomBytes(32), random);
}
