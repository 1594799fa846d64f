// The listening side of a port: set-up without state. A cookie answers a SYN, a returned cookie
// makes the connection (RFC 4987 3.6), and a reset answers whatever belongs to no connection (RFC
// 9293 3.5.2).

import { adopt, type Connection, createConnection } from "../connection/connection.ts";
import { shiftFor } from "../connection/state.ts";
import { claimOf, type Minted, mint, verify } from "../cookie.ts";
import { toWire } from "../sequence.ts";
import { ACK, DATAGRAM_BYTES, emptySegment, encode, RESET_FULL, RST, type Segment, SYN } from "../wire.ts";
import { isTaken, type Port } from "./state.ts";

/**
 * Answers a SYN: by a SYN ACK whose numbers are a cookie, or by a reset that reports a full port.
 */
export function answerSyn(port: Port, segment: Segment, from: string, nowMillis: number): void {
  if (isFull(port)) {
    port.counters.full++;
    refuse(port, segment, from, RESET_FULL);
    return;
  }
  const claim = claimOf(segment, from, segment.sequence);
  let minted = mint(port.secret, claim, nowMillis >>> 0);
  while (isTaken(port, minted.localId)) minted = mint(port.secret, claim, (minted.mintedAt - 1) >>> 0);
  reply(port, from, segment, nowMillis, synAck(port, segment, minted));
}

/**
 * Makes the connection for a returned cookie. Returns null, and counts it, when the cookie is
 * invalid or used, or the port is full.
 */
export function acceptCookie(port: Port, segment: Segment, from: string, nowMillis: number): Connection | null {
  // A client retries until a silent peer counts as dead, so a cookie is valid for that long.
  const claim = claimOf(segment, from, segment.initialSequence);
  const minted = verify(port.secret, claim, segment, nowMillis, port.defaults.peerTimeoutMillis);
  if (minted === null || isTaken(port, minted.localId)) {
    port.counters.badCookie++;
    return null;
  }
  if (isFull(port)) {
    port.counters.full++;
    return null;
  }
  const { localId, localInitial } = minted;
  const c = createConnection({ localId, localInitial, path: from }, port.options.connection);
  port.connections.set(localId, c);
  port.accepted.push(c);
  adopt(c, segment, nowMillis);
  return c;
}

export function isFull(port: Port): boolean {
  return port.options.accepts && port.connections.size >= port.options.maximumConnections;
}

/** Answers a segment by a reset. The window RESET_FULL gives a full port as the reason. */
export function refuse(port: Port, segment: Segment, from: string, window = 0): void {
  const isSyn = (segment.flags & SYN) !== 0;
  reply(port, from, segment, 0, {
    flags: RST | ACK,
    window,
    sourceId: segment.destinationId,
    sequence: segment.acknowledgement,
    acknowledgement: toWire(isSyn ? 1 : 0, segment.sequence),
  });
}

/** The answer to a SYN describes the connection that the cookie will make. */
function synAck(port: Port, segment: Segment, minted: Minted): Partial<Segment> {
  const { receiveQueueSegments, sack } = port.defaults;
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

function reply(port: Port, to: string, segment: Segment, nowMillis: number, fields: Partial<Segment>): void {
  const answer = { ...emptySegment(), ...fields, destinationId: segment.sourceId };
  answer.timestampMicros = (nowMillis * 1000) >>> 0;
  answer.echoMicros = segment.timestampMicros;
  const bytes = new Uint8Array(DATAGRAM_BYTES);
  port.replies.push({ bytes: bytes.subarray(0, encode(answer, bytes)), to });
}
