// Chooses and writes the next datagram. The driver asks until there is none. All of the protocol's
// answers to events leave here, one datagram per call, straight into the driver's buffer, so that
// nothing is allocated per segment.

import { rtoMillis } from "../rtt.ts";
import { toWire } from "../sequence.ts";
import { ACK, ECHO, encode, FIN, MAX_SACK_BLOCKS, PING, RST, SEGMENT_BYTES, SYN } from "../wire.ts";
import type { ResentCounter } from "./counters.ts";
import { mayPace, spendPacing } from "./pacing.ts";
import { isComplete, takeReports, windowSegments } from "./receive-queue.ts";
import { inFlightSegments } from "./recovery.ts";
import { EVER_RESENT, LOST, nextLost, nextUnreported, noteSent, SACKED } from "./send-queue.ts";
import { type Connection, isSynchronized, OWED } from "./state.ts";
import { clear, isSet, set, TIMER } from "./timers.ts";
import { isHalfUsed, noteUse, reviewWindow } from "./window-use.ts";

/**
 * Writes the next datagram into `into` (DATAGRAM_BYTES or longer) and returns its length, or 0 if
 * nothing is to be sent now.
 */
export function transmit(c: Connection, into: Uint8Array, nowMillis: number): number {
  if (c.owed & OWED.reset) return sendBare(c, into, RST | ACK, c.send.nxt, nowMillis);
  if (!isSynchronized(c.state)) return transmitSetup(c, into, nowMillis);
  if (c.duplicateAcksOwed > 0) {
    c.duplicateAcksOwed--;
    return sendBare(c, into, ACK, c.send.nxt, nowMillis);
  }
  const index = nextData(c, nowMillis);
  if (index >= 0) return sendData(c, into, index, nowMillis);
  if (c.owed === 0) return 0;
  const asks = c.owed & OWED.ping;
  if (asks) {
    c.counters.probesSent++;
    demandAnswer(c, nowMillis);
  }
  return sendBare(c, into, asks ? ACK | PING : ACK, c.send.nxt, nowMillis);
}

function transmitSetup(c: Connection, into: Uint8Array, nowMillis: number): number {
  const owed = c.owed & (OWED.syn | OWED.synAck);
  if (owed === 0 || c.state === "closed") return 0;
  if (c.synsSent++ === 0) c.firstSynMillis = nowMillis;
  demandAnswer(c, nowMillis);
  set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(c.rtt));
  return sendBare(c, into, owed & OWED.syn ? SYN : SYN | ACK, 0, nowMillis);
}

/**
 * Index of the data segment to send now, or -1: lost ones first, then new ones, then RFC 6675's
 * last resorts.
 */
function nextData(c: Connection, nowMillis: number): number {
  const { send, recovery, congestion } = c;
  if (send.una === send.end) return -1;
  reviewWindow(c, nowMillis);
  const lost = nextLost(send);
  const hasRoom = inFlightSegments(c) + 1 <= congestion.windowSegments;
  const isForced = recovery.resendNow && lost === send.una;
  recovery.resendNow = false;
  if (isForced) return lost;
  const isNew = lost < 0 && send.nxt < send.end && send.nxt < send.edge;
  if (lost >= 0 || isNew) {
    if (!hasRoom) {
      recovery.windowLimited = true;
      return -1;
    }
    if (!mayPace(c, nowMillis)) {
      // Pacing spreads the window over time, but not a window that is hardly used.
      recovery.windowLimited = isHalfUsed(c);
      return -1;
    }
    return isNew ? send.nxt : lost;
  }
  if (send.nxt < send.end && send.una === send.nxt) awaitWindow(c, nowMillis);
  recovery.windowLimited = false;
  return hasRoom && recovery.phase === "fast" && c.sack ? lastResort(c, nowMillis) : -1;
}

/**
 * RFC 6675 NextSeg rules 3 and 4: a hole not yet judged lost; then, once per recovery, the highest
 * segment, because a lost tail would have to wait for the timer. The highest only after a round
 * trip in which it could have been reported.
 */
function lastResort(c: Connection, nowMillis: number): number {
  const { send, recovery, rtt } = c;
  const unreported = nextUnreported(send);
  if (unreported >= 0) return unreported;
  const highest = send.nxt - 1;
  if (nowMillis - (send.sentAtMillis[highest & send.mask] as number) < rtt.minimumMillis) return -1;
  if (recovery.rescued || ((send.marks[highest & send.mask] as number) & (SACKED | EVER_RESENT)) !== 0) return -1;
  recovery.rescued = true;
  return highest;
}

/**
 * The peer's window is closed and nothing in flight would bring news of it: probe after a while
 * (RFC 9293 3.8.6.1).
 */
function awaitWindow(c: Connection, nowMillis: number): void {
  if (isSet(c.timers, TIMER.probe)) return;
  const wait = Math.min(c.options.maximumRtoMillis, rtoMillis(c.rtt) * 2 ** c.probes);
  set(c.timers, TIMER.probe, nowMillis + wait);
}

function sendData(c: Connection, into: Uint8Array, index: number, nowMillis: number): number {
  const { send, recovery, out, counters } = c;
  const slot = index & send.mask;
  const isAgain = index < send.nxt;
  if (isAgain) counters[causeOf(c, index)]++;
  if (!isAgain && index === send.una) c.oldestSinceMillis = nowMillis;
  noteSent(send, index, nowMillis);
  noteUse(c, nowMillis);
  if (isAgain && index === recovery.first) recovery.copiedAtMillis = Math.min(recovery.copiedAtMillis, nowMillis);
  if (recovery.phase === "fast") recovery.sentInRecovery++;
  spendPacing(c);
  counters.dataSegmentsSent++;
  if (!isSet(c.timers, TIMER.retransmit) || (isAgain && restartsTimer(c, index))) {
    set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(c.rtt));
  }
  demandAnswer(c, nowMillis);
  c.lastSentMillis = nowMillis;
  out.payload = send.bytes;
  out.payloadStart = slot * SEGMENT_BYTES;
  out.payloadLength = send.lengths[slot] as number;
  return emit(c, into, index === send.finIndex ? ACK | FIN : ACK, index, nowMillis);
}

/** Why the segment is sent again, read from the phase and from its marks before they change. */
function causeOf({ send, recovery }: Connection, index: number): ResentCounter {
  const marks = send.marks[index & send.mask] as number;
  if (recovery.phase === "timeout") return "resentTimeout";
  if ((marks & LOST) === 0) return "resentRescue";
  if (marks & EVER_RESENT) return "resentCopy";
  return index === recovery.first ? "resentFast" : "resentRecovery";
}

/**
 * The timer runs for the oldest segment and restarts when that is sent again, except on the second
 * partial acknowledgement of RFC 6582 and later ones.
 */
function restartsTimer(c: Connection, index: number): boolean {
  return index === c.send.una && (c.sack || c.recovery.partialAcks <= 1);
}

function sendBare(c: Connection, into: Uint8Array, flags: number, index: number, nowMillis: number): number {
  c.out.payloadLength = 0;
  if (flags === ACK) c.counters.acksSent++;
  if (c.cookie !== null && !isSet(c.timers, TIMER.retransmit)) {
    set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(c.rtt));
  }
  return emit(c, into, flags, index, nowMillis);
}

/**
 * Fills in the fields common to all segments. Every segment acknowledges, so afterwards only an
 * owed ping can remain, and blocks for which it had no room.
 */
function emit(c: Connection, into: Uint8Array, flags: number, index: number, nowMillis: number): number {
  const { out, receive } = c;
  const window = Math.min(65_535, Math.floor(windowSegments(receive) / 2 ** c.localShift));
  const carriesSetup = (flags & SYN) !== 0 || c.cookie !== null;
  out.flags = c.cookie !== null && (flags & RST) === 0 ? flags | ECHO : flags;
  out.destinationId = c.remoteId;
  out.sourceId = c.localId;
  out.sequence = toWire(index, c.localInitial);
  out.acknowledgement = flags & ACK ? toWire(receive.nxt, c.remoteInitial) : 0;
  out.window = window;
  out.timestampMicros = (nowMillis * 1000) >>> 0;
  out.echoMicros = flags & ACK ? c.echoMicros : 0;
  if (carriesSetup) fillSetup(c);
  fillSackBlocks(c);
  c.owed = (flags & PING ? 0 : c.owed & OWED.ping) | (owesReports(c, flags) ? OWED.ack : 0);
  c.unacknowledged = 0;
  c.lastAckSent = receive.nxt;
  c.advertisedEdge = Math.max(c.advertisedEdge, receive.nxt + window * 2 ** c.localShift);
  clear(c.timers, TIMER.ack);
  c.counters.segmentsSent++;
  return encode(out, into);
}

function fillSetup(c: Connection): void {
  const { out, cookie } = c;
  out.windowShift = c.localShift;
  out.sackPermitted = c.options.sack;
  out.initialSequence = c.localInitial;
  out.cookieMintedAt = cookie?.mintedAt ?? 0;
  out.cookieHigh = cookie?.high ?? 0;
  out.cookieLow = cookie?.low ?? 0;
}

function fillSackBlocks(c: Connection): void {
  const { out, receive } = c;
  const { duplicate } = receive;
  out.sackCount = 0;
  receive.duplicate = -1;
  const first = takeReports(receive, duplicate < 0 ? MAX_SACK_BLOCKS : MAX_SACK_BLOCKS - 1);
  if (!c.sack || isComplete(receive)) return;
  if (duplicate >= 0) addBlock(c, duplicate, duplicate + 1);
  for (let i = first; i < receive.blocks && out.sackCount < MAX_SACK_BLOCKS; i++) {
    addBlock(c, receive.recent[2 * i] as number, receive.recent[2 * i + 1] as number);
  }
}

/** Whether an acknowledgement is owed to blocks for which there was no room; none after a reset. */
function owesReports({ sack, receive }: Connection, flags: number): boolean {
  return sack && receive.unreported > 0 && (flags & RST) === 0;
}

function addBlock(c: Connection, left: number, right: number): void {
  const { out } = c;
  out.sackEdges[2 * out.sackCount] = toWire(left, c.remoteInitial);
  out.sackEdges[2 * out.sackCount + 1] = toWire(right, c.remoteInitial);
  out.sackCount++;
}

/** Starts the give-up timer at the first segment that the peer must answer. */
function demandAnswer(c: Connection, nowMillis: number): void {
  if (!isSet(c.timers, TIMER.giveUp)) set(c.timers, TIMER.giveUp, nowMillis + c.options.peerTimeoutMillis);
}
