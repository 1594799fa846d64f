// Proportional rate reduction (RFC 6937, with the bounds of RFC 9937). In fast recovery with SACK
// the window falls to its new size by sending in proportion to arrivals. So neither is half a
// window sent at once into a full queue, nor nothing at all for half a round trip. If the
// controller's new window is no reduction (`fixed`), nothing is done.

import { flightSegments, pipeSegments } from "./send-queue.ts";
import type { Connection } from "./state.ts";

export function reducesProportionally({ sack, options, congestion }: Connection): boolean {
  return sack && options.rateReduction && Number.isFinite(congestion.thresholdSegments);
}

/**
 * Begins a reduction. `delivered` counts the segments first reported by the acknowledgement that
 * began the recovery.
 */
export function beginReduction(c: Connection, delivered: number): void {
  const { recovery, send } = c;
  recovery.deliveredInRecovery = 0;
  recovery.sentInRecovery = 0;
  recovery.flightAtStart = Math.max(1, flightSegments(send) - send.sacked + delivered);
}

/**
 * An acknowledgement in recovery reported `delivered` segments: sets the window to what may be sent
 * on it.
 */
export function reduce(c: Connection, delivered: number, isNewAck: boolean): void {
  const { recovery, congestion, send } = c;
  recovery.deliveredInRecovery += delivered;
  if (delivered === 0) return;
  const target = congestion.thresholdSegments;
  const pipe = pipeSegments(send);
  const { deliveredInRecovery, sentInRecovery, flightAtStart } = recovery;
  let allowed: number;
  if (pipe > target) {
    allowed = Math.ceil((deliveredInRecovery * target) / flightAtStart) - sentInRecovery;
  } else {
    // Slow start up to the target while no further losses appear, else as much as has left the
    // network.
    const isSafe = isNewAck && send.lost === send.resent;
    const bound = Math.max(deliveredInRecovery - sentInRecovery, delivered) + (isSafe ? 1 : 0);
    allowed = Math.min(Math.floor(target - pipe), bound);
  }
  congestion.windowSegments = Math.max(1, pipe + Math.max(0, allowed));
}
