// One-way delays by irtt. Both probes run on one kernel and so on one clock: a one-way delay is the difference of two
// readings of it. irtt also says what was lost on the way there and on the way back.

import { RttlabError } from "../../../lib/errors.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import type { LinkSettings } from "../../../lib/link/link.ts";
import type { Check } from "../../../lib/results.ts";
import { compare } from "../check.ts";
import { frameBytes, transmissionMillis } from "../frames.ts";

/** irtt's smallest packet with both time stamps of both clocks. */
const PAYLOAD_BYTES = 60;

/** Medians of one run; client to server is there, server to client is back. */
export interface Delays {
  thereMillis: number;
  backMillis: number;
  rttMillis: number;
  samples: number;
}

const MAX_PACKETS = 50;
const MIN_PACKETS = 20;
const MIN_INTERVAL_MILLIS = 10;
const MAX_MILLIS = 2000;

/** How many packets, how far apart: irtt and ping together are to take a tenth of the slower direction's rate at most. */
export function delaySample({ forward, backward }: LinkSettings): { packets: number; intervalMillis: number } {
  const [there, back] = [forward, backward].map(({ rateBitsPerSecond }) =>
    transmissionMillis(2 * frameBytes(PAYLOAD_BYTES), rateBitsPerSecond),
  ) as [number, number];
  const intervalMillis = Math.max(MIN_INTERVAL_MILLIS, Math.ceil(10 * Math.max(there, back)));
  const packets = Math.floor(MAX_MILLIS / intervalMillis);
  return { packets: Math.min(MAX_PACKETS, Math.max(MIN_PACKETS, packets)), intervalMillis };
}

/** `packets` packets, one every `intervalMillis`; the answers to the last ones are waited for over `waitMillis`. */
export function delayCommand(server: string, packets: number, intervalMillis: number, waitMillis: number): string[] {
  const times = [
    "-i",
    `${intervalMillis}ms`,
    "-d",
    `${packets * intervalMillis}ms`,
    `--wait=${Math.ceil(waitMillis)}ms`,
  ];
  return ["irtt", "client", ...times, "-Q", "-o", "-", server];
}

/** Reads irtt's JSON. Throws E_MEASUREMENT when nothing came back. */
export function parseDelays(json: string): Delays {
  const { stats } = JSON.parse(json) as { stats: Record<"rtt" | "send_delay" | "receive_delay", Nanoseconds> };
  const samples = stats.rtt.n;
  if (!(samples > 0)) throw new RttlabError("E_MEASUREMENT", "measuring delay: no packet came back");
  const median = ({ median = 0 }: Nanoseconds) => median / 1e6;
  return {
    ...{ thereMillis: median(stats.send_delay), backMillis: median(stats.receive_delay) },
    ...{ rttMillis: median(stats.rtt), samples },
  };
}

interface Nanoseconds {
  n: number;
  median?: number;
}

const TOLERANCE_MILLIS = 0.5;
const TOLERANCE_RATIO = 0.001;

/** Holds the median one-way delay of a direction against its settings; `baseMillis` is that of the bare path. */
export function checkDelay(direction: Direction, measuredMillis: number, baseMillis: number, samples: number): Check {
  const sendingMillis = transmissionMillis(frameBytes(PAYLOAD_BYTES), direction.rateBitsPerSecond);
  return compare({
    ...{ quantity: "delay", unit: "ms", configured: direction.delayMillis, measured: measuredMillis, samples },
    expected: direction.delayMillis + baseMillis + sendingMillis,
    tolerance: Math.max(TOLERANCE_MILLIS, direction.delayMillis * TOLERANCE_RATIO),
    note: "median one way by irtt; expected is configured, the bare path and the sending of the packet; 0.5 ms is half of what an RTT may be off",
  });
}
