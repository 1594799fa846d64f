// Options of a connection. Each mechanism can be switched off to show its effect.

import { type Problem, RttlabError } from "../../../../lib/errors.ts";
import type { CongestionSettings } from "../congestion/controller.ts";
import { CONTROLLERS, type ControllerName } from "../congestion/table.ts";
import type { RttOptions } from "../rtt.ts";

export interface ConnectionOptions extends RttOptions, CongestionSettings {
  controller: ControllerName;
  /**
   * Act on the third duplicate instead of waiting for the time-out. Also off for controllers
   * without fast retransmit.
   */
  fastRetransmit: boolean;
  /** Go on sending while a loss is repaired. Off: slow start after every loss, as in Tahoe. */
  fastRecovery: boolean;
  /** Report and use selective acknowledgements (RFC 2018, RFC 6675). */
  sack: boolean;
  /** Send new segments on the first two duplicates (RFC 3042). */
  limitedTransmit: boolean;
  /**
   * Learn from late arrivals how far the path reorders, and require as many duplicates before a
   * segment is judged lost.
   */
  adaptToReordering: boolean;
  /**
   * Reduce the window in proportion to arrivals (RFC 6937), with SACK only. Off: wait until the new
   * window has room.
   */
  rateReduction: boolean;
  /**
   * Detect by time that a repeated segment was lost again (RFC 8985), with SACK only. Off: the
   * retransmission timer detects it.
   */
  lostCopies: boolean;
  /**
   * Take RTT samples from the timestamp echo of every acknowledgement. Off: from segments never
   * repeated (Karn's rule).
   */
  timestamps: boolean;
  /**
   * How long an acknowledgement may wait for a second segment, at most 500 (RFC 5681 4.2); 0: each
   * segment is acknowledged at once. The segment that waits is the last that the sender's window
   * admits: with a window of ten segments a delay of 25 would cost a thirtieth of the rate.
   */
  delayedAckMillis: number;
  /** With delayed acknowledgements: acknowledge at once after this many segments. */
  ackEverySegments: number;
  /** Spread the window over the round trip, in bursts of up to 10 segments or 2 ms. */
  pacing: boolean;
  /** Wait for a full segment or a flush. Off: each write is sent at once. */
  coalesce: boolean;
  /** Slots of the send queue, a power of two. One is reserved for the last segment. */
  sendQueueSegments: number;
  /** Slots of the receive queue, a power of two. */
  receiveQueueSegments: number;
  /** Probe the peer after it has been silent for this long; 0: never. */
  keepAliveMillis: number;
  /** A peer that does not answer for this long is dead. */
  peerTimeoutMillis: number;
  /** How long the end that closed first repeats its last acknowledgement. */
  timeWaitMillis: number;
  /** Return to the initial window when nothing was sent for a time-out (RFC 5681 4.1). */
  slowStartAfterIdle: boolean;
}

export const DEFAULT_OPTIONS: Readonly<ConnectionOptions> = Object.freeze({
  controller: "newreno",
  initialWindowSegments: 10,
  byteCountingLimit: 8,
  fixedWindowSegments: 64,
  fastRetransmit: true,
  fastRecovery: true,
  sack: true,
  limitedTransmit: true,
  adaptToReordering: true,
  rateReduction: true,
  lostCopies: true,
  timestamps: true,
  minimumRtoMillis: 200,
  minimumMarginMillis: 200,
  maximumRtoMillis: 60_000,
  initialRtoMillis: 1000,
  delayedAckMillis: 5,
  ackEverySegments: 2,
  pacing: false,
  coalesce: true,
  sendQueueSegments: 2048,
  receiveQueueSegments: 2048,
  keepAliveMillis: 30_000,
  peerTimeoutMillis: 60_000,
  timeWaitMillis: 10_000,
  slowStartAfterIdle: true,
});

const MILLIS: Range = [0, 86_400_000];
const QUEUE: Range = [4, 2 ** 20];
const RANGES: Partial<Record<keyof ConnectionOptions, Range>> = {
  initialWindowSegments: [1, 1000],
  byteCountingLimit: [0, 1000],
  fixedWindowSegments: [1, 2 ** 20],
  minimumRtoMillis: [1, 60_000],
  minimumMarginMillis: [1, 60_000],
  maximumRtoMillis: [1000, 86_400_000],
  initialRtoMillis: [1, 60_000],
  delayedAckMillis: [0, 500],
  ackEverySegments: [1, 64],
  sendQueueSegments: QUEUE,
  receiveQueueSegments: QUEUE,
  keepAliveMillis: MILLIS,
  peerTimeoutMillis: [1, 86_400_000],
  timeWaitMillis: MILLIS,
};

type Range = readonly [least: number, most: number];

/**
 * The defaults with `chosen` over them. Throws E_BAD_OPTION with a problem for each value out of
 * range.
 */
export function connectionOptions(chosen: Partial<ConnectionOptions> = {}): Readonly<ConnectionOptions> {
  const options = { ...DEFAULT_OPTIONS, ...chosen };
  const problems = (Object.keys(options) as (keyof ConnectionOptions)[]).flatMap((key) => check(key, options[key]));
  if (problems.length > 0) throw new RttlabError("E_BAD_OPTION", "options of a connection: refused", { problems });
  return Object.freeze(options);
}

function check(key: keyof ConnectionOptions, value: unknown): Problem[] {
  const wanted = DEFAULT_OPTIONS[key];
  const code = wanted === undefined ? "E_UNKNOWN_KEY" : "E_OUT_OF_RANGE";
  const problem = (allowed: string) => [
    { code, path: key, message: `${JSON.stringify(value)} is not allowed`, allowed },
  ];
  if (wanted === undefined) return problem(`one of ${Object.keys(DEFAULT_OPTIONS).join(", ")}`);
  if (key === "controller") {
    return Object.hasOwn(CONTROLLERS, String(value)) ? [] : problem(Object.keys(CONTROLLERS).join(", "));
  }
  if (typeof wanted === "boolean") return typeof value === "boolean" ? [] : problem("true or false");
  const [least, most] = RANGES[key] as Range;
  if (typeof value !== "number" || !(value >= least && value <= most)) return problem(`${least} to ${most}`);
  const isQueue = RANGES[key] === QUEUE;
  return isQueue && !Number.isInteger(Math.log2(value)) ? problem(`a power of two, ${least} to ${most}`) : [];
}
