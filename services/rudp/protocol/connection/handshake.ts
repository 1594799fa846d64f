// Set-up, from the side of an end that keeps state: the client, both ends of a simultaneous open,
// and a server to which the cookie has returned.
//
//   client                                   server
//   SYN          ------------------------->  keeps nothing
//                <-------------------------  SYN ACK, cookie
//   ECHO (data)  ------------------------->  recognizes its cookie, connects, accepts the data
//                <-------------------------  ACK: the client leaves the cookie off from now on
//
// Until that ACK every segment of the client carries the cookie, so that any of them, in any order,
// sets the server up (as SCTP's COOKIE ECHO carries data, RFC 9260 5.1). Data flow one round trip
// after open, and a spoofed SYN costs the server one answer.

import { addSample } from "../rtt.ts";
import { fromWire } from "../sequence.ts";
import { ACK, RESET_FULL, RST, type Segment, SYN } from "../wire.ts";
import { challenge } from "./challenge.ts";
import { fail } from "./closing.ts";
import { isComplete } from "./receive-queue.ts";
import { type Connection, OWED } from "./state.ts";
import { clear, set, TIMER } from "./timers.ts";

/** Begins an active open. */
export function open(c: Connection, nowMillis: number): void {
  c.state = "syn-sent";
  c.owed |= OWED.syn;
  set(c.timers, TIMER.giveUp, nowMillis + c.options.peerTimeoutMillis);
}

/**
 * Makes `c` the server's end of the connection that a segment with a valid cookie requests. Receive
 * the segment itself afterwards.
 */
export function adopt(c: Connection, segment: Segment, nowMillis: number): void {
  takeSetup(c, segment, segment.initialSequence);
  c.send.edge = 1 + segment.window * 2 ** c.remoteShift;
  sampleSetup(c, segment, nowMillis);
  establish(c, nowMillis);
}

/**
 * Handles a segment in SYN-SENT: the server's answer, a refusal, or the peer's own SYN (RFC 9293
 * 3.10.7.3).
 */
export function receiveInSynSent(c: Connection, segment: Segment, nowMillis: number): void {
  const acknowledges = (segment.flags & ACK) !== 0;
  if (acknowledges && fromWire(segment.acknowledgement, c.localInitial, 1) !== 1) {
    c.counters.refusedSegments++;
    return;
  }
  if (segment.flags & RST) {
    if (acknowledges) fail(c, segment.window === RESET_FULL ? "E_RUDP_FULL" : "E_RUDP_REFUSED");
    return;
  }
  if ((segment.flags & SYN) === 0 || segment.sourceId === 0) {
    c.counters.refusedSegments++;
    return;
  }
  takeSetup(c, segment, segment.sequence);
  c.send.edge = 1 + segment.window * 2 ** c.remoteShift;
  c.owed &= ~OWED.syn;
  if (!acknowledges) {
    c.state = "syn-received";
    c.owed |= OWED.synAck;
    return;
  }
  sampleSetup(c, segment, nowMillis);
  forgiveRepeats(c, segment);
  const { cookieMintedAt, cookieHigh, cookieLow } = segment;
  if (cookieHigh !== 0 || cookieLow !== 0) {
    c.cookie = { mintedAt: cookieMintedAt, high: cookieHigh, low: cookieLow };
    c.owed |= OWED.echo;
  } else {
    c.owed |= OWED.ack;
  }
  establish(c, nowMillis);
}

/** Handles a repeated SYN: our answer to it was lost. */
export function receiveRepeatedSyn(c: Connection, segment: Segment, nowMillis: number): void {
  if (c.state === "syn-received") {
    const acknowledges = (segment.flags & ACK) !== 0;
    if (!acknowledges) c.owed |= OWED.synAck;
    else if (fromWire(segment.acknowledgement, c.localInitial, 1) === 1) {
      forgiveRepeats(c, segment);
      establish(c, nowMillis);
      c.owed |= OWED.ack;
    }
    return;
  }
  if (c.cookie === null) challenge(c, nowMillis);
  else c.owed |= OWED.echo;
}

/** Both ends know each other, so data queued meanwhile may go. */
export function establish(c: Connection, nowMillis: number): void {
  c.state = c.send.finIndex >= 0 ? (isComplete(c.receive) ? "last-ack" : "fin-wait-1") : "established";
  clear(c.timers, TIMER.retransmit);
  // RFC 5681 3.1: a lost SYN makes the initial window one segment
  if (c.synsSent > 1) c.controller.timedOut(c.congestion, 0, true);
  c.synsSent = 0;
  c.rtt.backoffs = 0;
  c.lastSentMillis = nowMillis;
  c.windowUsedAtMillis = nowMillis;
  c.lastHeardMillis = nowMillis;
  c.pacedAtMillis = nowMillis;
  c.pacingCredit = c.options.initialWindowSegments;
  if (c.options.keepAliveMillis > 0) set(c.timers, TIMER.keepAlive, nowMillis + c.options.keepAliveMillis);
  if (c.cookie === null) clear(c.timers, TIMER.giveUp);
}

/**
 * The peer answers our first SYN, which was therefore not lost but repeated too early (RFC 3522).
 */
function forgiveRepeats(c: Connection, { echoMicros }: Segment): void {
  const isFirst = ((echoMicros - c.firstSynMillis * 1000) | 0) <= 0;
  if (c.options.timestamps && isFirst) c.synsSent = Math.min(c.synsSent, 1);
}

function takeSetup(c: Connection, segment: Segment, remoteInitial: number): void {
  c.remoteId = segment.sourceId;
  c.remoteInitial = remoteInitial;
  c.remoteShift = segment.windowShift;
  c.sack = c.options.sack && segment.sackPermitted;
  c.echoMicros = segment.timestampMicros;
  c.newestMicros = segment.timestampMicros;
}

/**
 * The first RTT sample. With timestamps it is valid even if the SYN was repeated; without them only
 * if it was not (Karn).
 */
function sampleSetup(c: Connection, segment: Segment, nowMillis: number): void {
  if (!c.options.timestamps && c.synsSent > 1) return;
  const micros = (nowMillis * 1000 - segment.echoMicros) | 0;
  if (micros > 0) addSample(c.rtt, micros / 1000, 1, c.send.nxt);
}
