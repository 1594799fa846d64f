// Round-trip time by ping.

import { RttlabError } from "../../../lib/errors.ts";
import { type LinkSettings, rttMillis } from "../../../lib/link/link.ts";
import type { Check } from "../../../lib/results.ts";
import { compare, unjudged } from "../check.ts";
import { frameBytes, transmissionMillis } from "../frames.ts";

/** ping's own default. */
const PAYLOAD_BYTES = 56;

export interface RoundTrips {
  minMillis: number;
  meanMillis: number;
  maxMillis: number;
  /** Standard deviation. */
  deviationMillis: number;
  samples: number;
}

/** `packets` echo requests, one every `intervalMillis` (at least 2, less is for root). */
export function rttCommand(target: string, packets: number, intervalMillis: number): string[] {
  return ["ping", "-n", "-q", "-c", String(packets), "-i", String(intervalMillis / 1000), target];
}

/** Reads the summary of ping (iputils). Throws E_MEASUREMENT when nothing came back. */
export function parseRoundTrips(text: string): RoundTrips {
  const received = /(\d+) received/.exec(text);
  const times = /= ([\d.]+)\/([\d.]+)\/([\d.]+)\/([\d.]+) ms/.exec(text);
  if (received === null || times === null) throw new RttlabError("E_MEASUREMENT", "measuring RTT: no echo came back");
  const [minMillis = 0, meanMillis = 0, maxMillis = 0, deviationMillis = 0] = times.slice(1).map(Number);
  return { minMillis, meanMillis, maxMillis, deviationMillis, samples: Number(received[1]) };
}

const TOLERANCE_MILLIS = 1;
const TOLERANCE_RATIO = 0.001;

/** Holds the mean RTT against both directions' settings; `baseMillis` is that of the bare path. */
export function checkRtt(settings: LinkSettings, echoes: RoundTrips, baseMillis: number): Check {
  const configured = rttMillis(settings);
  const rates = [settings.forward.rateBitsPerSecond, settings.backward.rateBitsPerSecond];
  const sendingMillis = rates.reduce<number>(
    (sum, rate) => sum + transmissionMillis(frameBytes(PAYLOAD_BYTES), rate),
    0,
  );
  const check = compare({
    ...{ quantity: "RTT", unit: "ms", configured, measured: echoes.meanMillis, samples: echoes.samples },
    expected: configured + baseMillis + sendingMillis,
    tolerance: Math.max(TOLERANCE_MILLIS, configured * TOLERANCE_RATIO),
    note: "mean by ping; expected is configured, the bare path and the sending of the packet; 1 ms is a percent of the RTT of a wide-area path",
  });
  const errorMillis = (3 * echoes.deviationMillis) / Math.sqrt(echoes.samples);
  const distanceMillis = Math.abs(echoes.meanMillis - (check.expected ?? 0));
  if (check.verdict === "within" || distanceMillis > (check.tolerance ?? 0) + errorMillis) return check;
  const note = `the echoes scatter: their mean is known to ± ${errorMillis.toFixed(1)} ms only (3 standard errors)`;
  return unjudged({ ...check, tolerance: null, note });
}
