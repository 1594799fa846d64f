// Options of a connection. Each mechanism can be switched off to show its effect.

import { RttlabError } from "../../../../lib/errors.ts";
import { type Kind, number, oneOf, truth, whole } from "../../../../lib/fields/kinds.ts";
import { type Field, type Fields, readObject, unknownNames } from "../../../../lib/fields/read.ts";
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

const MOST_MILLIS = 86_400_000;
const ON: Field<boolean> = { ...truth(), usual: true };
const OFF: Field<boolean> = { ...truth(), usual: false };

export const OPTION_FIELDS: Fields<ConnectionOptions> = {
  controller: { ...oneOf(...(Object.keys(CONTROLLERS) as ControllerName[])), usual: "newreno" },
  initialWindowSegments: { ...number(1, 1000), usual: 10 },
  byteCountingLimit: { ...number(0, 1000), usual: 8 },
  fixedWindowSegments: { ...number(1, 2 ** 20), usual: 64 },
  fastRetransmit: ON,
  fastRecovery: ON,
  sack: ON,
  limitedTransmit: ON,
  adaptToReordering: ON,
  rateReduction: ON,
  lostCopies: ON,
  timestamps: ON,
  minimumRtoMillis: { ...number(1, 60_000), usual: 200 },
  minimumMarginMillis: { ...number(1, 60_000), usual: 200 },
  maximumRtoMillis: { ...number(1000, MOST_MILLIS), usual: 60_000 },
  initialRtoMillis: { ...number(1, 60_000), usual: 1000 },
  delayedAckMillis: { ...number(0, 500), usual: 5 },
  ackEverySegments: { ...number(1, 64), usual: 2 },
  pacing: OFF,
  coalesce: ON,
  sendQueueSegments: { ...powerOfTwo(4, 2 ** 20), usual: 2048 },
  receiveQueueSegments: { ...powerOfTwo(4, 2 ** 20), usual: 2048 },
  keepAliveMillis: { ...number(0, MOST_MILLIS), usual: 30_000 },
  peerTimeoutMillis: { ...number(1, MOST_MILLIS), usual: 60_000 },
  timeWaitMillis: { ...number(0, MOST_MILLIS), usual: 10_000 },
  slowStartAfterIdle: ON,
};

export const DEFAULT_OPTIONS: Readonly<ConnectionOptions> = Object.freeze(readObject(OPTION_FIELDS, {}).values);

/**
 * The defaults with `chosen` over them. Throws E_BAD_OPTION with a problem for each value out of
 * range.
 */
export function connectionOptions(chosen: Partial<ConnectionOptions> = {}): Readonly<ConnectionOptions> {
  const { values, problems } = readObject(OPTION_FIELDS, chosen);
  const all = [...problems, ...unknownNames(OPTION_FIELDS, chosen)];
  if (all.length > 0) throw new RttlabError("E_BAD_OPTION", "options of a connection: refused", { problems: all });
  return Object.freeze(values);
}

function powerOfTwo(least: number, most: number): Kind<number> {
  const { choice: _, ...kind } = whole(least, most);
  const { accepts, parse } = kind;
  const isPower = (value: unknown): value is number => accepts(value) && Number.isInteger(Math.log2(value));
  return {
    ...kind,
    allowed: `a power of two, ${least} to ${most}`,
    accepts: isPower,
    parse(text) {
      const value = parse(text);
      return isPower(value) ? value : undefined;
    },
  };
}
