// Round-trip time by ping, from its own summary.

import type { Check } from "../../../lib/contract/calibration.ts";
import { type LinkSettings, rttMillis } from "../../../lib/link/link.ts";
import { compare, unjudged } from "../check.ts";
import { doubtful } from "./delay.ts";

export interface RoundTrips {
  minMillis: number;
  samples: number;
}

/** Reads the summary of ping (iputils); undefined if nothing came back. */
export function parseRoundTrips(text: string): RoundTrips | undefined {
  const received = /(\d+) received/.exec(text);
  const times = /= ([\d.]+)\/([\d.]+)\/([\d.]+)\/([\d.]+) ms/.exec(text);
  if (received === null || times === null) return undefined;
  return { minMillis: Number(times[1]), samples: Number(received[1]) };
}

const TOLERANCE_MILLIS = 1;
const TOLERANCE_RATIO = 0.001;

/**
 * Compares the least RTT with both directions' settings; `base` is that of the bare path;
 * `spreadMillis`: how late the machine made half of the packets, both ways.
 */
export function checkRtt(
  settings: LinkSettings,
  echoes: RoundTrips | undefined,
  base: RoundTrips,
  sendingMillis: number,
  spreadMillis: number,
): Check {
  const configured = rttMillis(settings);
  const facts = {
    quantity: "RTT",
    unit: "ms",
    configured,
    expected: configured + base.minMillis + sendingMillis,
  } as const;
  const both = [settings.forward, settings.backward];
  if (both.some(({ jitterMillis }) => jitterMillis > 0)) {
    const note = "with jitter the least says nothing: each way's delay is judged by its median";
    return unjudged({ ...facts, configured: null, note });
  }
  if (both.some(({ reorderingRatio, slots }) => reorderingRatio > 0 || slots !== null)) {
    const note = "some packets skip the delay or wait for a slot, so the least says nothing";
    return unjudged({ ...facts, configured: null, note });
  }
  if (echoes === undefined) return unjudged({ ...facts, note: "no echo came back" });
  const check = compare({
    ...facts,
    measured: echoes.minMillis,
    samples: echoes.samples,
    tolerance: Math.max(TOLERANCE_MILLIS, configured * TOLERANCE_RATIO),
    note: "least by ping; expected is configured, the bare path and the sending of the packet; 1 ms is a percent of the RTT of a wide-area path",
  });
  return doubtful(check, spreadMillis);
}
