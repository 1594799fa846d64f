// Loss recovery: how losses are detected, what is sent again, and when recovery ends. RFC 5681 3.2,
// RFC 6582 (NewReno), RFC 6675 (SACK), RFC 6298 5.
//
// One rule governs all sending: a segment goes out while the estimate of segments in the network is
// below the window. With SACK the estimate is RFC 6675's pipe. Without SACK, each duplicate stands
// for one segment that has left the network. That is the "inflation" of RFC 5681 seen from the
// other side: window + duplicates > flight is window > flight - duplicates. RFC 6582's partial
// deflation follows: of n newly acknowledged segments, n - 1 had been counted as duplicates.

import { backOff, rtoMillis } from "../rtt.ts";
import { forgetLosses, forgetSacks, markAllLost, markLost, markLostBySack, unmarkAllLost } from "./judgements.ts";
import { judgeOverdue } from "./overdue.ts";
import { beginReduction, reduce, reducesProportionally } from "./rate-reduction.ts";
import { adaptToReordering, ageLateness } from "./reordering.ts";
import {
  acknowledgeThrough,
  DUPLICATE_THRESHOLD,
  flightSegments,
  noteLate,
  pipeSegments,
  SACKED,
} from "./send-queue.ts";
import { type Connection, hasRestarted } from "./state.ts";
import { clear, set, TIMER } from "./timers.ts";

/** Segments that currently count against the window. */
export function inFlightSegments(c: Connection): number {
  const { send, recovery } = c;
  if (recovery.phase === "open") {
    if (!c.options.limitedTransmit || !retransmitsFast(c)) return flightSegments(send);
    const left = c.sack ? send.sacked : recovery.duplicates;
    // Where time judges losses, any number of reports may precede the judgement.
    return flightSegments(send) - (send.latenessMillis > 0 ? left : Math.min(left, DUPLICATE_THRESHOLD - 1));
  }
  if (c.sack) return pipeSegments(send);
  return Math.max(0, pipeSegments(send) - recovery.duplicates);
}

/**
 * The cumulative number moved to `ack`. `wasSpurious`: the segment at the old left edge had arrived
 * before it was repeated. Call it before SACK blocks are judged.
 */
export function onNewAck(c: Connection, ack: number, wasSpurious: boolean, nowMillis: number): void {
  const { send, recovery, controller, congestion, options, rtt } = c;
  const acked = ack - send.una;
  if (wasSpurious) noteLate(send, send.una, true);
  c.counters.dataBytesAcknowledged += acknowledgeThrough(send, ack);
  adaptToReordering(c);
  recovery.timeouts = 0;
  if (wasSpurious) undoReduction(c);
  if (recovery.phase === "fast") {
    if (ack >= recovery.point || endsOnFirstAck(c)) endFastRecovery(c);
    else onPartialAck(c, acked);
  } else {
    const afterRestart = hasRestarted(c);
    if (recovery.windowLimited || afterRestart) {
      const facts = { segments: acked, nowMillis, smoothedRttMillis: rtt.smoothedMillis };
      controller.acknowledged(congestion, { ...facts, afterRestart }, options);
    }
    if (afterRestart && ack >= recovery.point) recovery.phase = "open";
    recovery.duplicates = 0;
  }
  if (send.una === send.nxt) clear(c.timers, TIMER.retransmit);
  else if (c.sack || recovery.partialAcks <= 1) set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(rtt));
}

/** An acknowledgement brought nothing new, or reported new segments out of order. */
export function onDuplicateAck(c: Connection): void {
  c.counters.duplicateAcks++;
  if (!hasRestarted(c)) c.recovery.duplicates++;
}

/**
 * Evaluates the reports: begins fast recovery if they show a loss, and sets the window during one.
 * `delivered` counts the segments that this acknowledgement reported first; `isNewAck` says whether
 * it moved the cumulative number.
 */
export function judgeLosses(c: Connection, delivered: number, isNewAck: boolean, nowMillis: number): void {
  const { send, recovery } = c;
  adaptToReordering(c);
  if (!retransmitsFast(c)) return;
  if (c.sack && !hasRestarted(c) && send.latenessMillis === 0) markLostBySack(send);
  judgeOverdue(c, nowMillis);
  const isLost = send.lost > 0 || (!c.sack && recovery.duplicates >= DUPLICATE_THRESHOLD);
  if (recovery.phase === "open" && isLost) {
    beginFastRecovery(c, nowMillis);
    beginReduction(c, delivered);
  }
  if (recovery.phase === "fast" && reducesProportionally(c)) reduce(c, delivered, isNewAck);
}

/** The retransmission timer expired with segments in flight (RFC 6298 5.4 to 5.6, RFC 6675 5.1). */
export function onRetransmitTimeout(c: Connection, nowMillis: number): void {
  const { send, recovery, controller, congestion } = c;
  if ((send.marks[send.una & send.mask] as number) & SACKED) forgetSacks(send);
  if (recovery.phase === "fast" && reducesProportionally(c)) congestion.windowSegments = congestion.thresholdSegments;
  const isRepeated = recovery.timeouts > 0;
  if (!isRepeated) remember(c);
  controller.timedOut(congestion, flightSegments(send), isRepeated);
  recovery.timeouts++;
  c.counters.timeouts++;
  markAllLost(send, isRepeated);
  recovery.phase = "timeout";
  recovery.point = send.nxt;
  recovery.duplicates = 0;
  recovery.partialAcks = 0;
  recovery.resendNow = false;
  backOff(c.rtt);
  set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(c.rtt));
}

/**
 * Whether the segment that began a recovery or a time-out had arrived before it was repeated: an
 * acknowledgement beyond it echoes a timestamp older than its first repetition (Eifel, RFC 3522).
 * Segments repeated for other reasons prove nothing of the kind.
 */
export function isSpurious({ send, recovery, options }: Connection, echoMicros: number): boolean {
  if (!options.timestamps || recovery.phase === "open" || recovery.first !== send.una) return false;
  if (recovery.copiedAtMillis === Number.POSITIVE_INFINITY) return false;
  return ((echoMicros - recovery.copiedAtMillis * 1000) | 0) < 0;
}

/** Saves the state before a reduction. */
function remember({ send, recovery, congestion }: Connection): void {
  const { phase, point, windowLimited } = recovery;
  recovery.prior = { congestion: { ...congestion }, phase, point, windowLimited };
  recovery.first = send.una;
  recovery.copiedAtMillis = Number.POSITIVE_INFINITY;
}

function retransmitsFast({ options, controller }: Connection): boolean {
  return options.fastRetransmit && controller.fastRetransmit;
}

function beginFastRecovery(c: Connection, nowMillis: number): void {
  const { send, recovery, controller, congestion, options } = c;
  const used = windowInUse(c);
  c.counters.fastRecoveries++;
  ageLateness(c);
  remember(c);
  recovery.point = send.nxt;
  recovery.partialAcks = 0;
  recovery.rescued = false;
  recovery.resendNow = true;
  controller.lossDetected(congestion, used, nowMillis);
  if (controller.fastRecovery !== "none" && options.fastRecovery) {
    recovery.phase = "fast";
    markLost(send, send.una);
    return;
  }
  if (controller.fastRecovery !== "none") controller.timedOut(congestion, used, true);
  recovery.phase = "restart";
  recovery.duplicates = 0;
  markAllLost(send, false);
}

/**
 * The quantity to reduce: the flight (RFC 5681 equation 4), which equals the window where that was
 * the limit. But just after a recovery the flight is briefly smaller, and reducing it would halve
 * the window twice. Linux takes the window; RFC 9438 4.6 allows that.
 */
function windowInUse({ send, recovery, congestion }: Connection): number {
  const window = Math.max(1, congestion.windowSegments);
  return recovery.windowLimited ? window : Math.min(flightSegments(send), window);
}

/** RFC 6582 3.2 step 3 without SACK; with SACK the scoreboard shows the holes. */
function onPartialAck(c: Connection, acked: number): void {
  const { send, recovery } = c;
  recovery.partialAcks++;
  if (c.sack) return;
  recovery.duplicates = Math.max(0, recovery.duplicates - (acked - 1));
  markLost(send, send.una);
  recovery.resendNow = true;
}

function endsOnFirstAck(c: Connection): boolean {
  return !c.sack && c.controller.fastRecovery === "first-ack";
}

function endFastRecovery(c: Connection): void {
  const { send, recovery, congestion } = c;
  recovery.phase = "open";
  recovery.duplicates = 0;
  recovery.partialAcks = 0;
  recovery.resendNow = false;
  if (reducesProportionally(c)) congestion.windowSegments = congestion.thresholdSegments;
  if (!c.sack && c.controller.fastRecovery === "full-ack" && Number.isFinite(congestion.thresholdSegments)) {
    // RFC 6582 3.2 step 3: no burst when little is left in flight.
    congestion.windowSegments = Math.min(congestion.thresholdSegments, Math.max(flightSegments(send), 1) + 1);
  }
}

/**
 * Nothing was lost: restores the state from before, including the controller's clock and plans (RFC
 * 9438 4.9). RFC 4015 also adapts the RTO; here the samples by timestamp do that. A spurious
 * time-out during a recovery returns to that recovery.
 */
function undoReduction(c: Connection): void {
  const { send, recovery, congestion, counters } = c;
  counters.spuriousRecoveries++;
  const { prior } = recovery;
  if (prior === null) return;
  const { windowSegments, thresholdSegments } = congestion;
  Object.assign(congestion, prior.congestion);
  congestion.windowSegments = Math.max(windowSegments, congestion.windowSegments);
  congestion.thresholdSegments = Math.max(thresholdSegments, congestion.thresholdSegments);
  if (hasRestarted(c)) unmarkAllLost(send);
  else forgetLosses(send);
  recovery.phase = prior.phase;
  recovery.point = prior.point;
  recovery.windowLimited = prior.windowLimited;
  recovery.prior = null;
  recovery.duplicates = 0;
  recovery.resendNow = false;
}
