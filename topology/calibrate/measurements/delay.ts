// One-way delays of ping's echoes, whose requests and replies both ends' captures saw leave and arrive. ping waits for no
// answer before it sends the next, and the far end's kernel answers. A machine makes packets late and never early, so
// the tenth that was fastest stands for the link, and how far the median lies above it for the machine.

import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import type { LinkSettings } from "../../../lib/link/link.ts";
import type { Flight } from "../capture.ts";
import { compare, unjudged } from "../check.ts";
import { frameBytes, transmissionMillis } from "../frames.ts";
import { quantile } from "../statistics/quantile.ts";

const PAYLOAD_BYTES = 16;
export const ECHO_FRAME_BYTES = frameBytes(PAYLOAD_BYTES);

export interface EchoSample {
  packets: number;
  intervalMillis: number;
}

const ANSWERS = 30;
const MIN_INTERVAL_MILLIS = 10;

/** So many echoes that about ANSWERS come back, so far apart that none waits for another. */
export function echoSample({ forward, backward }: LinkSettings): EchoSample {
  const sendingMillis = Math.max(
    ...[forward, backward].map(({ rateBitsPerSecond }) => transmissionMillis(ECHO_FRAME_BYTES, rateBitsPerSecond)),
  );
  const answered = (1 - forward.lossRatio) * (1 - backward.lossRatio);
  return {
    packets: Math.min(200, Math.ceil(ANSWERS / answered)),
    intervalMillis: Math.max(MIN_INTERVAL_MILLIS, Math.ceil(2.5 * sendingMillis)),
  };
}

/** Run at one end; ends `waitMillis` after the last echo at the latest. */
export function echoCommand(address: string, { packets, intervalMillis }: EchoSample, waitMillis: number): string[] {
  const wait = Math.ceil(waitMillis / 1000) + 1;
  const pace = ["-c", String(packets), "-i", String(intervalMillis / 1000), "-W", String(wait)];
  return ["ping", "-n", "-q", "-s", String(PAYLOAD_BYTES), ...pace, address];
}

/** What one direction's echoes say. */
export interface Delay {
  millis: number;
  /** How late the median was: what the machine adds. */
  spreadMillis: number;
  samples: number;
}

/** Fewer say nothing. */
const MIN_SAMPLES = 8;

/** undefined: too few arrived. */
export function delayOf(flights: readonly Flight[]): Delay | undefined {
  const times = flights.flatMap(({ sentAtMillis, arrivedAtMillis }) =>
    arrivedAtMillis === null ? [] : [arrivedAtMillis - sentAtMillis],
  );
  if (times.length < MIN_SAMPLES) return undefined;
  const millis = quantile(times, 0.1);
  return { millis, spreadMillis: quantile(times, 0.5) - millis, samples: times.length };
}

const TOLERANCE_MILLIS = 0.5;
const TOLERANCE_RATIO = 0.001;

/**
 * Holds a direction's delay against its settings; `base` is that of the bare path, `sendingMillis` what the echo itself
 * takes to send.
 */
export function checkDelay(
  { delayMillis }: Direction,
  measured: Delay | undefined,
  base: Delay,
  sendingMillis: number,
): Check {
  const facts = { quantity: "delay", unit: "ms", configured: delayMillis } as const;
  const expected = delayMillis + base.millis + sendingMillis;
  if (measured === undefined) return unjudged({ ...facts, expected, note: "too few echoes arrived" });
  const note =
    "fastest tenth one way, by ping and both ends' captures; expected is configured, the bare path and the sending of the packet; 0.5 ms is half of what an RTT may be off";
  const check = compare({
    ...facts,
    expected,
    measured: measured.millis,
    samples: measured.samples,
    note,
    tolerance: Math.max(TOLERANCE_MILLIS, delayMillis * TOLERANCE_RATIO),
  });
  return doubtful(check, measured.spreadMillis + base.spreadMillis);
}

/** A delay that is wrong by so much is to be found. */
const FAULT_MILLIS = 2;
const FAULT_RATIO = 0.02;

/**
 * Takes back a verdict that the machine could have made: outside where the distance is no more than tolerance and spread
 * together, within where the spread could hide a fault.
 */
export function doubtful(check: Check, spread: number): Check {
  const { configured, expected, measured, tolerance, verdict } = check;
  const distance = Math.abs((measured ?? 0) - (expected ?? 0));
  const fault = Math.max(FAULT_MILLIS, FAULT_RATIO * (configured ?? 0));
  const isCertain = verdict === "within" ? spread < fault - (tolerance ?? 0) : distance > (tolerance ?? 0) + spread;
  if (isCertain) return check;
  const note = `a busy machine: half of the packets were more than ${spread.toFixed(2)} ms late`;
  return unjudged({ ...check, tolerance: null, note });
}
