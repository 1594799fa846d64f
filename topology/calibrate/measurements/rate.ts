// Rate by iperf3. UDP at a little more than the rate keeps the transmitter busy whatever the delay and the loss, where TCP
// would first have to grow its window and would yield to every loss; what arrives is then the rate itself, less headers.
// Where no rate is set there is nothing to exceed: TCP finds the ceiling of the path, which is stated and not judged.

import { RttlabError } from "../../../lib/errors.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import { FRAME_BYTES } from "../../../lib/link/queues/kind.ts";
import type { Check } from "../../../lib/results.ts";
import { compare, unjudged } from "../check.ts";
import { FULL_PAYLOAD_BYTES, transmissionMillis } from "../frames.ts";

const OVERLOAD = 1.1;
const INTERVAL_SECONDS = 0.25;
/** What arrives in the first intervals is still on its way, and what a TCP sender sends in them is slow start. */
const SETTLING_SECONDS = 0.5;

/** Goodput of one run, over the intervals in which the path was full. */
export interface Rate {
  bitsPerSecond: number;
  /** What the sender managed to send, payload too. */
  offeredBitsPerSecond: number;
  seconds: number;
  /** Intervals that were counted. */
  samples: number;
}

/** Enough that one frame more or less is little of them. */
const FRAMES = 400;
const MIN_SECONDS = 2;
const MAX_SECONDS = 6;

/** Run at the receiving end; the other sends (`-R`), so the intervals are those of arrival. */
export function rateCommand(sender: string, { rateBitsPerSecond, lossRatio }: Direction): string[] {
  const wanted = Math.ceil(SETTLING_SECONDS + (FRAMES * transmissionMillis(FRAME_BYTES, rateBitsPerSecond)) / 1000);
  const seconds = Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, wanted));
  const time = ["-t", String(seconds), "-i", String(INTERVAL_SECONDS)];
  const command = ["iperf3", "-c", sender, "-R", "-J", ...time];
  if (rateBitsPerSecond === null) return command;
  const offered = Math.round((rateBitsPerSecond * OVERLOAD) / (1 - lossRatio));
  return [...command, "-u", "-b", String(offered), "-l", String(FULL_PAYLOAD_BYTES)];
}

/** Reads iperf3's JSON. Throws E_MEASUREMENT with what iperf3 says. */
export function parseRate(json: string): Rate {
  const { intervals, end, error } = JSON.parse(json) as Report;
  if (error !== undefined) throw new RttlabError("E_MEASUREMENT", `measuring rate: ${error}`);
  const full = intervals.map(({ sum }) => sum).filter(({ start }) => start >= SETTLING_SECONDS - INTERVAL_SECONDS / 2);
  const counted = full.slice(0, -1);
  const seconds = counted.reduce((sum, interval) => sum + interval.seconds, 0);
  const bytes = counted.reduce((sum, interval) => sum + interval.bytes, 0);
  if (seconds === 0) throw new RttlabError("E_MEASUREMENT", "measuring rate: iperf3 ended too early");
  const offeredBitsPerSecond = end.sum_sent?.bits_per_second ?? 0;
  return { bitsPerSecond: (bytes * 8) / seconds, offeredBitsPerSecond, seconds, samples: counted.length };
}

interface Report {
  intervals: { sum: Interval }[];
  end: { sum_sent?: { bits_per_second: number } };
  error?: string;
}

interface Interval {
  start: number;
  seconds: number;
  bytes: number;
}

const TOLERANCE_RATIO = 0.01;

/** Holds what arrived against what the rate leaves for the payload of full frames. */
export function checkRate({ rateBitsPerSecond, lossRatio }: Direction, measured: Rate): Check {
  const { bitsPerSecond, offeredBitsPerSecond, seconds, samples } = measured;
  const facts = {
    quantity: "rate",
    unit: "bit/s",
    configured: rateBitsPerSecond,
    measured: bitsPerSecond,
    samples,
  } as const;
  if (rateBitsPerSecond === null) {
    return unjudged({ ...facts, note: "no rate is set: this is the ceiling of the path, by one TCP connection" });
  }
  const expected = (rateBitsPerSecond * FULL_PAYLOAD_BYTES) / FRAME_BYTES;
  const oneFrame = (FULL_PAYLOAD_BYTES * 8) / seconds;
  const tolerance = Math.max(expected * TOLERANCE_RATIO, oneFrame);
  if (bitsPerSecond < expected - tolerance && offeredBitsPerSecond * (1 - lossRatio) < expected + tolerance) {
    return unjudged({ ...facts, expected, note: "the sending probe was too busy to send more than the link carries" });
  }
  const framing = `${FULL_PAYLOAD_BYTES} of ${FRAME_BYTES} bytes of each frame are payload`;
  return compare({
    ...{ ...facts, expected, tolerance },
    note: `UDP payload by iperf3; ${framing}; 1 %, or one frame, is what a second of intervals can be off by the timing of its ends`,
  });
}
