// A run's counts: all that its connections did between two moments.

import type { SenderLosses } from "../../../../lib/contract/transfer.ts";
import { resentSegments } from "../../protocol/connection/counters.ts";
import { SEGMENT_BYTES } from "../../protocol/wire.ts";
import type { RudpSocket } from "../../thread/socket.ts";

/** All that was done from the beginning to a moment. */
export interface Moment {
  seconds: number;
  cpuSeconds: number;
  sentBytes: number;
  receivedBytes: number;
  losses: SenderLosses;
}

export interface Counted {
  from: Moment;
  to: Moment;
}

export const BEGINNING: Moment = {
  seconds: 0,
  cpuSeconds: 0,
  sentBytes: 0,
  receivedBytes: 0,
  losses: { lossEvents: 0, timeouts: 0, resentSegments: 0 },
};

export function goodputOf({ from, to }: Counted): number {
  const bytes = to.sentBytes + to.receivedBytes - from.sentBytes - from.receivedBytes;
  return (bytes * 8) / (to.seconds - from.seconds);
}

export function newLosses({ from, to }: Counted): SenderLosses {
  return {
    lossEvents: to.losses.lossEvents - from.losses.lossEvents,
    timeouts: to.losses.timeouts - from.losses.timeouts,
    resentSegments: to.losses.resentSegments - from.losses.resentSegments,
  };
}

export function lossesOf(sockets: readonly RudpSocket[]): SenderLosses {
  const all = sockets.map((socket) => socket.numbers());
  return {
    lossEvents: all.reduce((sum, { fastRecoveries, timeouts }) => sum + fastRecoveries + timeouts, 0),
    timeouts: all.reduce((sum, { timeouts }) => sum + timeouts, 0),
    resentSegments: all.reduce((sum, numbers) => sum + resentSegments(numbers), 0),
  };
}

/** In full segments. */
export function acknowledgedBytes(sockets: readonly RudpSocket[]): number {
  return sockets.reduce((sum, socket) => sum + socket.numbers().acknowledgedSegments * SEGMENT_BYTES, 0);
}
