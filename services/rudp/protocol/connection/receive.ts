// Processes an arriving segment: RFC 9293 3.10.7 in this protocol's terms.

import { addSample } from "../rtt.ts";
import { fromWire } from "../sequence.ts";
import { ACK, ECHO, FIN, PING, RST, type Segment, SYN } from "../wire.ts";
import { challenge } from "./challenge.ts";
import { enterTimeWait, receiveReset, settle } from "./closing.ts";
import { establish, receiveInSynSent, receiveRepeatedSyn } from "./handshake.ts";
import { accept, isComplete } from "./receive-queue.ts";
import { isSpurious, judgeLosses, onDuplicateAck, onNewAck } from "./recovery.ts";
import { EVER_RESENT, flightSegments, markSacked } from "./send-queue.ts";
import { type Connection, OWED } from "./state.ts";
import { clear, isSet, set, TIMER } from "./timers.ts";

/** No honest number is farther from the expected one than the largest queue. */
const PLAUSIBLE_SEGMENTS = 2 ** 20;

/**
 * Processes a decoded segment of this connection that came from `path`. Call `transmit` afterwards.
 */
export function receiveSegment(c: Connection, segment: Segment, path: string, nowMillis: number): void {
  if (c.state === "closed") return;
  if (c.remoteId !== 0 && segment.sourceId !== c.remoteId) {
    c.counters.refusedSegments++;
    return;
  }
  c.counters.segmentsReceived++;
  if (c.state === "syn-sent") receiveInSynSent(c, segment, nowMillis);
  else if (segment.flags & RST) receiveReset(c, segment, nowMillis);
  else if (segment.flags & SYN) receiveRepeatedSyn(c, segment, nowMillis);
  else receiveOrdinary(c, segment, path, nowMillis);
}

function receiveOrdinary(c: Connection, segment: Segment, path: string, nowMillis: number): void {
  const index = fromWire(segment.sequence, c.remoteInitial, c.receive.nxt);
  const ack = fromWire(segment.acknowledgement, c.localInitial, c.send.una);
  const isOrdered = ack >= 1 && ack <= Math.max(c.send.nxt, 1) && ack > c.send.una - PLAUSIBLE_SEGMENTS;
  if (!isOrdered || index < 1 || Math.abs(index - c.receive.nxt) > PLAUSIBLE_SEGMENTS) {
    challenge(c, nowMillis);
    return;
  }
  if (c.state === "syn-received") establish(c, nowMillis);
  c.cookie = null;
  takeStamp(c, segment, index, path, nowMillis);
  const isProgress = receiveAck(c, segment, ack, nowMillis);
  receiveData(c, segment, index, nowMillis);
  if (segment.flags & (PING | ECHO)) c.owed |= OWED.ack;
  settle(c, nowMillis);
  if (c.state === "time-wait" && segment.flags & FIN) enterTimeWait(c, nowMillis);
  rearmSilenceTimers(c, isProgress, nowMillis);
}

/**
 * Timestamps in microseconds can be compared for 36 minutes. After a longer silence any timestamp
 * counts as newer (RFC 7323 5.5).
 */
const STALE_STAMP_MILLIS = 1_800_000;

/**
 * Keeps the timestamp to echo (RFC 7323 4.3), and follows the peer to the address of its newest
 * segment.
 */
function takeStamp(c: Connection, segment: Segment, index: number, path: string, nowMillis: number): void {
  const { timestampMicros } = segment;
  const isFirstInLong = nowMillis - c.lastHeardMillis >= STALE_STAMP_MILLIS;
  c.lastHeardMillis = nowMillis;
  const isNoOlder = isFirstInLong || ((timestampMicros - c.echoMicros) | 0) >= 0;
  if (isNoOlder && index <= c.lastAckSent) c.echoMicros = timestampMicros;
  if (isFirstInLong || ((timestampMicros - c.newestMicros) | 0) > 0) {
    c.newestMicros = timestampMicros;
    c.path = path;
  }
}

/**
 * The peer is alive, so the keep-alive timer restarts. It may still owe an acknowledgement of the
 * oldest segment in flight: the give-up timer runs from the first transmission of that segment, or
 * from the last time the edge moved.
 */
function rearmSilenceTimers(c: Connection, isProgress: boolean, nowMillis: number): void {
  if (c.state === "closed" || c.state === "time-wait") return;
  const { keepAliveMillis, peerTimeoutMillis } = c.options;
  if (keepAliveMillis > 0) set(c.timers, TIMER.keepAlive, nowMillis + keepAliveMillis);
  if (isProgress) c.oldestSinceMillis = nowMillis;
  c.heardAfterTimeouts = c.recovery.timeouts;
  if (flightSegments(c.send) > 0) set(c.timers, TIMER.giveUp, c.oldestSinceMillis + peerTimeoutMillis);
  else clear(c.timers, TIMER.giveUp);
}

/** Returns whether the segment acknowledges new data. */
function receiveAck(c: Connection, segment: Segment, ack: number, nowMillis: number): boolean {
  const { send } = c;
  if (ack < send.una) return false;
  const edge = ack + segment.window * 2 ** c.remoteShift;
  const moved = edge > send.edge;
  if (moved) {
    send.edge = edge;
    c.probes = 0;
    clear(c.timers, TIMER.probe);
  }
  const isNew = ack > send.una;
  const deliveredBefore = send.delivered;
  send.reportedAtMillis = nowMillis;
  send.reportedBefore = send.highestSacked;
  const { minimumMillis } = c.rtt;
  send.copiesKnownUntilMillis = nowMillis - minimumMillis;
  send.tooSoonAfterMillis = nowMillis - (Number.isFinite(minimumMillis) ? minimumMillis / 2 : 0);
  if (isNew) {
    sampleRtt(c, segment, ack, nowMillis);
    onNewAck(c, ack, isSpurious(c, segment.echoMicros), nowMillis);
  }
  const reported = c.sack ? markReported(c, segment) : 0;
  if (send.una === send.nxt) return isNew;
  const isBare = segment.payloadLength === 0 && (segment.flags & ~ACK) === 0;
  if (c.sack ? reported > 0 && !isNew : !isNew && isBare && !moved) onDuplicateAck(c);
  judgeLosses(c, send.delivered - deliveredBefore, isNew, nowMillis);
  return isNew;
}

function sampleRtt(c: Connection, segment: Segment, ack: number, nowMillis: number): void {
  const { send } = c;
  if (c.options.timestamps) {
    const micros = (nowMillis * 1000 - segment.echoMicros) | 0;
    if (micros >= 0) addSample(c.rtt, Math.max(micros, 1) / 1000, ack, send.nxt);
    return;
  }
  for (let index = send.una; index < ack; index++) {
    if (((send.marks[index & send.mask] as number) & EVER_RESENT) !== 0) return;
  }
  const sentAtMillis = send.sentAtMillis[(ack - 1) & send.mask] as number;
  addSample(c.rtt, Math.max(nowMillis - sentAtMillis, 0.001), ack, send.nxt);
}

function markReported(c: Connection, segment: Segment): number {
  const { send } = c;
  let reported = 0;
  for (let block = 0; block < segment.sackCount; block++) {
    const left = fromWire(segment.sackEdges[2 * block] as number, c.localInitial, send.una);
    const right = fromWire(segment.sackEdges[2 * block + 1] as number, c.localInitial, send.una);
    if (right <= send.una && block === 0) c.counters.resentNeedlessly++;
    const end = Math.min(right, send.nxt);
    for (let index = Math.max(left, send.una); index < end; index++) if (markSacked(send, index)) reported++;
  }
  return reported;
}

/**
 * RFC 5681 4.2: acknowledge at once out of order or when a hole is filled; in order, acknowledge
 * every second segment or after the delay.
 */
function receiveData(c: Connection, segment: Segment, index: number, nowMillis: number): void {
  const { receive, options, counters } = c;
  const isLast = (segment.flags & FIN) !== 0;
  if (segment.payloadLength === 0 && !isLast) return;
  const hadHoles = receive.early > 0;
  switch (accept(receive, index, segment.payload, segment.payloadStart, segment.payloadLength, isLast)) {
    case "beyond":
      challenge(c, nowMillis);
      return;
    case "duplicate":
      counters.duplicateSegments++;
      c.owed |= OWED.ack;
      return;
    case "early":
      counters.earlySegments++;
      // With SACK as many acknowledgements go out, alone or with data, as it takes to report
      // everything. Without SACK the sender counts acknowledgements.
      if (c.sack) c.owed |= OWED.ack;
      else c.duplicateAcksOwed++;
      return;
  }
  c.unacknowledged++;
  const atOnce = hadHoles || options.delayedAckMillis === 0 || c.unacknowledged >= options.ackEverySegments;
  if (atOnce || isComplete(receive)) c.owed |= OWED.ack;
  else if (!isSet(c.timers, TIMER.ack)) set(c.timers, TIMER.ack, nowMillis + options.delayedAckMillis);
}
