// Loss: how it is noticed, what is sent again, when it is over. RFC 5681 3.2, RFC 6582 (NewReno), RFC 6675 (SACK), RFC 6298 5.
//
// One rule sends everything: a segment goes out while the estimate of what is in the network is below the window.
// With SACK the estimate is RFC 6675's pipe. Without it each duplicate stands for one segment that has left the network; that is the
// "inflation" of RFC 5681 seen from the other side: window + duplicates > flight is window > flight - duplicates.
// RFC 6582's partial deflation follows: of n segments newly acknowledged, n - 1 had been counted as duplicates.

import { backOff, rtoMillis } from "../rtt.ts";
import { judgeCopies } from "./lost-copies.ts";
import { beginReduction, reduce, reducesProportionally } from "./rate-reduction.ts";
import {
  acknowledgeThrough,
  flightSegments,
  forgetLosses,
  forgetSacks,
  LOST,
  markAllLost,
  markLost,
  markLostBySack,
  noteLate,
  pipeSegments,
  RESENT,
  SACKED,
} from "./send-queue.ts";
import type { Connection } from "./state.ts";
import { clear, set, TIMER } from "./timers.ts";

/** The most that a path's reordering can raise the threshold to, as Linux bounds it. */
const MAX_THRESHOLD = 300;

/** Segments that count against the window now. */
export function inFlightSegments(c: Connection): number {
  const { send, recovery } = c;
  if (recovery.phase === "open") {
    const left = c.sack ? send.sacked : recovery.duplicates;
    const isDiscounted = c.options.limitedTransmit && retransmitsFast(c);
    return flightSegments(send) - (isDiscounted ? Math.min(left, recovery.threshold - 1) : 0);
  }
  if (c.sack) return pipeSegments(send);
  return Math.max(0, pipeSegments(send) - recovery.duplicates);
}

/**
 * The cumulative number moved to `ack`. `wasSpurious` says that the segment at the old left edge, sent again, had arrived
 * the first time. Call before SACK blocks are judged.
 */
export function onNewAck(c: Connection, ack: number, wasSpurious: boolean, nowMillis: number): void {
  const { send, recovery, controller, congestion, options, rtt } = c;
  const acked = ack - send.una;
  if (wasSpurious) noteLate(send, send.una);
  c.counters.dataBytesAcknowledged += acknowledgeThrough(send, ack);
  adaptToReordering(c);
  recovery.timeouts = 0;
  if (wasSpurious) undoReduction(c);
  if (recovery.phase === "fast") {
    if (ack >= recovery.point || endsOnFirstAck(c)) endFastRecovery(c);
    else onPartialAck(c, acked);
  } else {
    if (recovery.windowLimited || recovery.phase === "timeout") {
      const facts = { segments: acked, nowMillis, smoothedRttMillis: rtt.smoothedMillis };
      controller.acknowledged(congestion, { ...facts, afterTimeout: recovery.phase === "timeout" }, options);
    }
    if (recovery.phase === "timeout" && ack >= recovery.point) recovery.phase = "open";
    recovery.duplicates = 0;
  }
  if (send.una === send.nxt) clear(c.timers, TIMER.retransmit);
  else if (c.sack || recovery.partialAcks <= 1) set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(rtt));
}

/** An acknowledgement said again what was known, or reported new segments out of order. */
export function onDuplicateAck(c: Connection): void {
  c.counters.duplicateAcks++;
  if (c.recovery.phase !== "timeout") c.recovery.duplicates++;
}

/**
 * Looks at what is known now, begins fast recovery when it shows a loss, and sets the window during one. `delivered` is how many segments the
 * acknowledgement reported for the first time, `isNewAck` whether it moved the cumulative number.
 */
export function judgeLosses(c: Connection, delivered: number, isNewAck: boolean, nowMillis: number): void {
  const { send, recovery } = c;
  adaptToReordering(c);
  if (!retransmitsFast(c)) return;
  if (c.sack && recovery.phase !== "timeout") markLostBySack(send, recovery.threshold);
  if (delivered > 0) judgeCopies(c);
  if (recovery.phase === "open" && (send.lost > 0 || recovery.duplicates >= recovery.threshold)) {
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
  controller.timedOut(congestion, flightSegments(send), recovery.timeouts > 0);
  recovery.timeouts++;
  c.counters.timeouts++;
  markAllLost(send);
  recovery.phase = "timeout";
  recovery.point = send.nxt;
  recovery.duplicates = 0;
  recovery.partialAcks = 0;
  recovery.resendNow = false;
  backOff(c.rtt);
  set(c.timers, TIMER.retransmit, nowMillis + rtoMillis(c.rtt));
}

/**
 * Whether the recovery's first segment, taken for lost and sent again, had arrived the first time: an acknowledgement that moves past it
 * echoes a stamp from before the copy (Eifel, RFC 3522). Copies sent for other reasons say nothing of this kind.
 */
export function isSpurious(c: Connection, echoMicros: number): boolean {
  const { send, recovery } = c;
  const slot = send.una & send.mask;
  const isRepaired = ((send.marks[slot] as number) & (LOST | RESENT)) === (LOST | RESENT);
  if (!c.options.timestamps || recovery.phase !== "fast" || recovery.first !== send.una || !isRepaired) return false;
  return ((echoMicros - (send.sentAtMillis[slot] as number) * 1000) | 0) < 0;
}

function retransmitsFast({ options, controller }: Connection): boolean {
  return options.fastRetransmit && controller.fastRetransmit;
}

function beginFastRecovery(c: Connection, nowMillis: number): void {
  const { send, recovery, controller, congestion, options } = c;
  const used = windowInUse(c);
  c.counters.fastRecoveries++;
  recovery.point = send.nxt;
  recovery.first = send.una;
  recovery.partialAcks = 0;
  recovery.rescued = false;
  recovery.resendNow = true;
  recovery.priorWindow = congestion.windowSegments;
  recovery.priorThreshold = congestion.thresholdSegments;
  controller.lossDetected(congestion, used, nowMillis);
  if (controller.fastRecovery !== "none" && options.fastRecovery) {
    recovery.phase = "fast";
    markLost(send, send.una);
    return;
  }
  if (controller.fastRecovery !== "none") controller.timedOut(congestion, used, true);
  recovery.phase = "timeout";
  recovery.duplicates = 0;
  markAllLost(send);
}

/**
 * What is to be reduced: the flight (RFC 5681 equation 4), which is the window where that was the limit; but just after a recovery less is
 * in flight for a moment, and to take that for the window would halve it twice. Linux takes the window; RFC 9438 4.6 allows it.
 */
function windowInUse({ send, recovery, congestion }: Connection): number {
  const window = Math.max(1, congestion.windowSegments);
  return recovery.windowLimited ? window : Math.min(flightSegments(send), window);
}

/** RFC 6582 3.2 step 3 without SACK; with SACK the scoreboard knows the holes. */
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

/** The loss was none: the window is as before (RFC 4015, without its change of the RTO, which timestamps make needless). */
function undoReduction(c: Connection): void {
  const { send, recovery, congestion } = c;
  c.counters.spuriousRecoveries++;
  congestion.windowSegments = Math.max(congestion.windowSegments, recovery.priorWindow);
  congestion.thresholdSegments = Math.max(congestion.thresholdSegments, recovery.priorThreshold);
  forgetLosses(send);
  recovery.phase = "open";
  recovery.duplicates = 0;
  recovery.resendNow = false;
}

function adaptToReordering(c: Connection): void {
  const { send, recovery, options } = c;
  if (options.adaptToReordering && send.lateBy >= recovery.threshold) {
    recovery.threshold = Math.min(MAX_THRESHOLD, send.lateBy + 1);
  }
  send.lateBy = 0;
}
