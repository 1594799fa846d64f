// One port: many connections told apart by their id, set-up without state, answers to what belongs to none. Pure as the connection is:
// datagrams come in with the address they came from, and what is to be said without a connection waits in `replies`.

import {
  adopt,
  type Connection,
  type ConnectionOptions,
  createConnection,
  open,
  receiveSegment,
} from "./connection/connection.ts";
import { connectionOptions } from "./connection/options.ts";
import { shiftFor } from "./connection/state.ts";
import { claimOf, type Minted, mint, verify } from "./cookie.ts";
import { toWire } from "./sequence.ts";
import {
  ACK,
  DATAGRAM_BYTES,
  decode,
  ECHO,
  emptySegment,
  encode,
  RESET_FULL,
  type Refusal,
  RST,
  type Segment,
  SYN,
} from "./wire.ts";

export interface ListenerOptions {
  /** Whether SYNs are answered; a client's port only opens connections. */
  accepts: boolean;
  maximumConnections: number;
  connection: Partial<ConnectionOptions>;
}

export interface Listener {
  readonly options: ListenerOptions;
  readonly defaults: Readonly<ConnectionOptions>;
  readonly secret: Uint8Array;
  /** The next of an unpredictable sequence of unsigned 32-bit numbers. */
  readonly random: () => number;
  readonly connections: Map<number, Connection>;
  /** Connections whose SYN has not been answered, for a simultaneous open. */
  readonly opening: Set<Connection>;
  /** New connections that the application has not taken. */
  readonly accepted: Connection[];
  /** Datagrams to send without a connection, in order. The driver empties this. */
  readonly replies: { bytes: Uint8Array; to: string }[];
  /** Ids that a repeated cookie must not bring back, with the time until when, oldest first. */
  readonly buried: Map<number, number>;
  readonly segment: Segment;
  readonly counters: Record<Refusal | "unknown" | "badCookie" | "full", number>;
}

export function createListener(options: ListenerOptions, secret: Uint8Array, random: () => number): Listener {
  const defaults = connectionOptions(options.connection);
  return {
    ...{ options, defaults, secret, random, connections: new Map(), opening: new Set(), accepted: [], replies: [] },
    ...{ buried: new Map(), segment: emptySegment() },
    counters: { foreign: 0, damaged: 0, malformed: 0, unknown: 0, badCookie: 0, full: 0 },
  };
}

/** Opens a connection to an address. Only a test gives the initial sequence number. */
export function connect(l: Listener, to: string, nowMillis: number, initialSequence = l.random()): Connection {
  const identity = { localId: freeId(l), localInitial: initialSequence, path: to };
  const c = createConnection(identity, l.options.connection);
  l.connections.set(c.localId, c);
  l.opening.add(c);
  open(c, nowMillis);
  return c;
}

/** Takes a datagram; returns the connection that it changed, which may now have something to transmit, or null. */
export function receiveDatagram(l: Listener, datagram: Uint8Array, from: string, nowMillis: number): Connection | null {
  const { segment } = l;
  const refusal = decode(datagram, segment);
  if (refusal !== null) {
    l.counters[refusal]++;
    return null;
  }
  const c = l.connections.get(segment.destinationId) ?? whoElse(l, segment, from, nowMillis);
  if (c === null) return null;
  receiveSegment(c, segment, from, nowMillis);
  if (l.opening.size > 0 && c.state !== "syn-sent" && c.state !== "syn-received") l.opening.delete(c);
  return c;
}

/** Forgets a connection that is closed and has nothing more to transmit. */
export function release(l: Listener, c: Connection, nowMillis: number): void {
  l.connections.delete(c.localId);
  l.opening.delete(c);
  for (const [id, until] of l.buried) {
    if (until > nowMillis) break;
    l.buried.delete(id);
  }
  l.buried.set(c.localId, nowMillis + l.defaults.peerTimeoutMillis);
}

/** A segment for no connection: a SYN, a cookie coming back, or something to be reset. */
function whoElse(l: Listener, segment: Segment, from: string, nowMillis: number): Connection | null {
  if (segment.flags === SYN) return greet(l, segment, from, nowMillis);
  if (segment.flags & ECHO && l.options.accepts) {
    const c = welcome(l, segment, from, nowMillis);
    if (c !== null) return c;
  }
  l.counters.unknown++;
  if ((segment.flags & RST) === 0) refuse(l, segment, from, segment.flags & ECHO && isFull(l) ? RESET_FULL : 0);
  return null;
}

function greet(l: Listener, segment: Segment, from: string, nowMillis: number): Connection | null {
  for (const c of l.opening) if (c.path === from && (c.remoteId === 0 || c.remoteId === segment.sourceId)) return c;
  if (!l.options.accepts) {
    // A simultaneous open's SYN may come twice.
    for (const c of l.connections.values()) if (c.remoteId === segment.sourceId && c.path === from) return c;
    l.counters.unknown++;
    refuse(l, segment, from);
    return null;
  }
  if (isFull(l)) {
    l.counters.full++;
    refuse(l, segment, from, RESET_FULL);
    return null;
  }
  const claim = claimOf(segment, from, segment.sequence);
  let minted = mint(l.secret, claim, nowMillis >>> 0);
  while (isTaken(l, minted.localId)) minted = mint(l.secret, claim, (minted.mintedAt - 1) >>> 0);
  reply(l, from, segment, nowMillis, greeting(l, segment, minted));
  return null;
}

/** Makes the connection that a good cookie stands for; null (and counted) when it is not good, was used, or there are too many. */
function welcome(l: Listener, segment: Segment, from: string, nowMillis: number): Connection | null {
  // A client tries for as long as it takes a silent peer to be dead; so long a cookie is good.
  const claim = claimOf(segment, from, segment.initialSequence);
  const minted = verify(l.secret, claim, segment, nowMillis, l.defaults.peerTimeoutMillis);
  if (minted === null || isTaken(l, minted.localId)) {
    l.counters.badCookie++;
    return null;
  }
  if (isFull(l)) {
    l.counters.full++;
    return null;
  }
  const { localId, localInitial } = minted;
  const c = createConnection({ localId, localInitial, path: from }, l.options.connection);
  l.connections.set(localId, c);
  l.accepted.push(c);
  adopt(c, segment, nowMillis);
  return c;
}

/** The answer to a SYN: what the connection will be, without there being one. */
function greeting(l: Listener, segment: Segment, minted: Minted): Partial<Segment> {
  const { receiveQueueSegments, sack } = l.defaults;
  const windowShift = shiftFor(receiveQueueSegments);
  return {
    flags: SYN | ACK,
    sourceId: minted.localId,
    sequence: minted.localInitial,
    acknowledgement: toWire(1, segment.sequence),
    cookieMintedAt: minted.mintedAt,
    cookieHigh: minted.high,
    cookieLow: minted.low,
    window: Math.min(65_535, receiveQueueSegments >> windowShift),
    windowShift,
    sackPermitted: sack,
  };
}

function isFull(l: Listener): boolean {
  return l.options.accepts && l.connections.size >= l.options.maximumConnections;
}

function refuse(l: Listener, segment: Segment, from: string, window = 0): void {
  const isSyn = (segment.flags & SYN) !== 0;
  reply(l, from, segment, 0, {
    flags: RST | ACK,
    window,
    sourceId: segment.destinationId,
    sequence: segment.acknowledgement,
    acknowledgement: toWire(isSyn ? 1 : 0, segment.sequence),
  });
}

function reply(l: Listener, to: string, segment: Segment, nowMillis: number, fields: Partial<Segment>): void {
  const answer = { ...emptySegment(), ...fields, destinationId: segment.sourceId };
  answer.timestampMicros = (nowMillis * 1000) >>> 0;
  answer.echoMicros = segment.timestampMicros;
  const bytes = new Uint8Array(DATAGRAM_BYTES);
  l.replies.push({ bytes: bytes.subarray(0, encode(answer, bytes)), to });
}

function isTaken(l: Listener, id: number): boolean {
  return l.connections.has(id) || l.buried.has(id);
}

function freeId(l: Listener): number {
  let id = l.random();
  while (id === 0 || isTaken(l, id)) id = l.random();
  return id;
}
