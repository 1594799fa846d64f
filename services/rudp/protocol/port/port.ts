// One UDP port without its socket: many connections, distinguished by their ids (as in
// quinn-proto's Endpoint). A driver hands each datagram to `receive`, calls `tickDue` at
// `nextDeadlineMillis` or later, calls `markReady` after the application used a connection, then
// calls `transmitNext` until it returns null, and `releaseClosed` for ended connections. The
// engine, the simulation and the timelines are such drivers. Pure: the same calls give the same
// datagrams.

import {
  type Connection,
  createConnection,
  deadlineMillis,
  open,
  receiveSegment,
  tick,
  transmit,
} from "../connection/connection.ts";
import { decode, ECHO, RESET_FULL, RST, type Segment, SYN } from "../wire.ts";
import { acceptCookie, answerSyn, isFull, refuse } from "./listen.ts";
import { type Departure, isTaken, type Port, QUANTUM_DATAGRAMS } from "./state.ts";

export { createPort, type Departure, type Port, type PortOptions } from "./state.ts";

/** Opens a connection to an address. Only tests pass the initial sequence number. */
export function connect(port: Port, to: string, nowMillis: number, initialSequence = port.random()): Connection {
  const identity = { localId: freeId(port), localInitial: initialSequence, path: to };
  const c = createConnection(identity, port.options.connection);
  port.connections.set(c.localId, c);
  port.opening.add(c);
  open(c, nowMillis);
  markReady(port, c);
  return c;
}

/** Processes a datagram; returns the connection that it changed, or null. */
export function receive(port: Port, datagram: Uint8Array, from: string, nowMillis: number): Connection | null {
  const { segment } = port;
  const refusal = decode(datagram, segment);
  if (refusal !== null) {
    port.counters[refusal]++;
    return null;
  }
  const c = port.connections.get(segment.destinationId) ?? receiveUnknown(port, segment, from, nowMillis);
  if (c === null) return null;
  receiveSegment(c, segment, from, nowMillis);
  if (port.opening.size > 0 && c.state !== "syn-sent" && c.state !== "syn-received") port.opening.delete(c);
  markReady(port, c);
  return c;
}

/** Call it after the application used the connection, which may then have something to transmit. */
export function markReady(port: Port, c: Connection): void {
  port.ready.add(c);
}

/** When to call `tickDue`; Infinity: only a datagram or an application can change anything. */
export function nextDeadlineMillis(port: Port): number {
  let least = Number.POSITIVE_INFINITY;
  for (const c of port.connections.values()) least = Math.min(least, deadlineMillis(c));
  return least;
}

/** Acts on every deadline up to now; returns the connections that had one. */
export function tickDue(port: Port, nowMillis: number): Connection[] {
  const due: Connection[] = [];
  for (const c of port.connections.values()) {
    if (deadlineMillis(c) > nowMillis) continue;
    tick(c, nowMillis);
    markReady(port, c);
    due.push(c);
  }
  return due;
}

/** Writes the next datagram into `into` (DATAGRAM_BYTES or longer); null when there is none now. */
export function transmitNext(port: Port, into: Uint8Array, nowMillis: number): Departure | null {
  const { ready, replies, departure } = port;
  const reply = replies.length > 0 ? replies.shift() : undefined;
  if (reply !== undefined) {
    into.set(reply.bytes);
    departure.length = reply.bytes.length;
    departure.to = reply.to;
    departure.connection = null;
    return departure;
  }
  for (const c of ready) {
    const length = transmit(c, into, nowMillis);
    if (length > 0) {
      if (--port.quantum === 0) endTurn(port, c, true);
      departure.length = length;
      departure.to = c.path;
      departure.connection = c;
      return departure;
    }
    endTurn(port, c, false);
  }
  return null;
}

/** Passes the turn to the next connection. One that may have more to send queues up again. */
function endTurn(port: Port, c: Connection, hasMore: boolean): void {
  port.ready.delete(c);
  if (hasMore) port.ready.add(c);
  port.quantum = QUANTUM_DATAGRAMS;
}

/** Forgets a closed connection that has nothing more to transmit; returns whether it did. */
export function releaseClosed(port: Port, c: Connection, nowMillis: number): boolean {
  if (c.state !== "closed" || c.owed !== 0) return false;
  port.connections.delete(c.localId);
  port.opening.delete(c);
  port.ready.delete(c);
  for (const [id, until] of port.buried) {
    if (until > nowMillis) break;
    port.buried.delete(id);
  }
  port.buried.set(c.localId, nowMillis + port.defaults.peerTimeoutMillis);
  return true;
}

/**
 * Handles a segment that belongs to no connection: a SYN, a returned cookie, or one to answer by a
 * reset.
 */
function receiveUnknown(port: Port, segment: Segment, from: string, nowMillis: number): Connection | null {
  if (segment.flags === SYN) return receiveSyn(port, segment, from, nowMillis);
  if (segment.flags & ECHO && port.options.accepts) {
    const c = acceptCookie(port, segment, from, nowMillis);
    if (c !== null) return c;
  } else port.counters.unknown++;
  if ((segment.flags & RST) === 0) refuse(port, segment, from, segment.flags & ECHO && isFull(port) ? RESET_FULL : 0);
  return null;
}

/**
 * A SYN is the other half of a simultaneous open, or requests a connection from a listening port.
 * Our own SYN comes back when the system gives the connection the very port that it is to reach:
 * nobody listens there then, and it is refused. (TCP would connect to itself.)
 */
function receiveSyn(port: Port, segment: Segment, from: string, nowMillis: number): Connection | null {
  for (const c of port.opening) if (c.path === from && isOtherHalf(c, segment)) return c;
  if (port.options.accepts) {
    answerSyn(port, segment, from, nowMillis);
    return null;
  }
  // The SYN of a simultaneous open may arrive twice.
  for (const c of port.connections.values()) if (c.remoteId === segment.sourceId && c.path === from) return c;
  port.counters.unknown++;
  refuse(port, segment, from);
  return null;
}

function isOtherHalf(c: Connection, { sourceId }: Segment): boolean {
  return sourceId !== c.localId && (c.remoteId === 0 || c.remoteId === sourceId);
}

function freeId(port: Port): number {
  let id = port.random();
  while (id === 0 || isTaken(port, id)) id = port.random();
  return id;
}
