// Random loss by iperf3: small UDP packets both ways at once, far below the rate, so that no queue drops any.
// A count of losses is a binomial sample; one too small to tell the configured ratio from half or from twice it is said to be.

import { clopperPearson } from "../../../lib/binomial.ts";
import { RttlabError } from "../../../lib/errors.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import { type LinkSettings, rttMillis } from "../../../lib/link/link.ts";
import { queuePackets } from "../../../lib/link/queues/table.ts";
import type { Check } from "../../../lib/results.ts";
import { compare, unjudged } from "../check.ts";
import { frameBytes } from "../frames.ts";
import { SECOND_IPERF_PORT } from "../probe.ts";

const PAYLOAD_BYTES = 100;
const MAX_PACKETS_PER_SECOND = 4000;
const MAX_SECONDS = 4;
const MIN_PACKETS = 4000;
/** A link that is as configured is called outside once in a thousand checks. */
const CONFIDENCE = 0.999;
/** The interval of a sample of n is about 2 * 3.29 * sqrt(ratio / n) wide; it must not be wider than the ratio, with a quarter to spare. */
const PACKETS_TIMES_RATIO = 1.25 * (2 * 3.29) ** 2;
/** What a link without configured loss may lose: a twentieth of a percent, for probes that are briefly too busy to receive. */
const UNCONFIGURED_LOSS_RATIO = 0.0005;

/** Packets that one direction delivered and lost. */
export interface Losses {
  lost: number;
  packets: number;
}

/** How fast and how long to send for a sample that can tell, as far as MAX_SECONDS allow. */
export function lossSample(settings: LinkSettings): { packetsPerSecond: number; seconds: number } {
  const directions = [settings.forward, settings.backward];
  const packetsPerSecond = Math.min(...directions.map((direction) => gentlePackets(direction, rttMillis(settings))));
  const ratios = directions.map(({ lossRatio }) => lossRatio).filter((ratio) => ratio > 0);
  const wanted = Math.max(MIN_PACKETS, ...ratios.map((ratio) => PACKETS_TIMES_RATIO / ratio));
  // iperf3 takes whole seconds, and 0 for ever.
  return { packetsPerSecond, seconds: Math.min(MAX_SECONDS, Math.ceil(wanted / packetsPerSecond)) };
}

/** iperf3 sends in batches of a millisecond: a batch is to fill half the queue at most, and all of them half the rate. */
function gentlePackets({ rateBitsPerSecond, queue }: Direction, rtt: number): number {
  if (rateBitsPerSecond === null) return MAX_PACKETS_PER_SECOND;
  const half = rateBitsPerSecond / (2 * 8 * frameBytes(PAYLOAD_BYTES));
  const queued = queuePackets(queue, { rateBitsPerSecond, rttMillis: rtt });
  return Math.max(1, Math.floor(Math.min(MAX_PACKETS_PER_SECOND, half, queued * 500)));
}

/** Run at one end; both send. */
export function lossCommand(other: string, settings: LinkSettings): string[] {
  const { packetsPerSecond, seconds } = lossSample(settings);
  const bits = packetsPerSecond * PAYLOAD_BYTES * 8;
  const load = ["-u", "--bidir", "-b", String(bits), "-l", String(PAYLOAD_BYTES), "-t", String(seconds)];
  return ["iperf3", "-c", other, "-p", String(SECOND_IPERF_PORT), "-J", ...load];
}

/** Reads iperf3's JSON: what the client sent, and what it received. Throws E_MEASUREMENT with what iperf3 says. */
export function parseLosses(json: string): { sent: Losses; received: Losses } {
  const { end, error } = JSON.parse(json) as { end: Record<string, Sum>; error?: string };
  const [there, back] = [end?.sum_received, end?.sum_received_bidir_reverse];
  if (there === undefined || back === undefined) {
    throw new RttlabError("E_MEASUREMENT", `measuring loss: ${error ?? "iperf3 told no sums"}`);
  }
  return { sent: lossesOf(there), received: lossesOf(back) };
}

interface Sum {
  packets: number;
  lost_packets: number;
}

function lossesOf({ packets, lost_packets }: Sum): Losses {
  return { packets, lost: lost_packets };
}

/**
 * Holds a count of losses against the configured ratio. `others`: frames that the link missed or let run into its queue
 * meanwhile, by its own counters; where they could explain what is outside, there is no verdict.
 */
export function checkLoss(direction: Direction, { lost, packets }: Losses, others = 0): Check {
  const check = judge(direction, lost, packets);
  if (check.verdict !== "outside" || others === 0) return check;
  const least = Math.max(0, lost - others);
  const explained =
    clopperPearson(least, packets, CONFIDENCE)[0] <= direction.lossRatio && lost / packets > direction.lossRatio;
  if (!explained) return check;
  const note = `${lost} of ${packets} lost, but a busy link missed or queued away ${others} frames meanwhile; ${check.note}`;
  return { ...check, tolerance: null, verdict: "unjudged", note };
}

function judge({ lossRatio }: Direction, lost: number, packets: number): Check {
  const facts = {
    quantity: "loss",
    unit: "ratio",
    configured: lossRatio,
    expected: lossRatio,
    samples: packets,
  } as const;
  if (packets === 0) return unjudged({ ...facts, note: "no packet was sent" });
  const measured = lost / packets;
  const [lower, upper] = clopperPearson(lost, packets, CONFIDENCE);
  const interval = `99.9 % Clopper-Pearson interval ${percent(lower)} to ${percent(upper)}`;
  if (lossRatio === 0) {
    const note = `${interval}; none is configured, and a busy probe may drop 1 in ${1 / UNCONFIGURED_LOSS_RATIO}`;
    return compare({ ...facts, expected: 0, measured, tolerance: UNCONFIGURED_LOSS_RATIO, note });
  }
  const agrees = lower <= lossRatio && lossRatio <= upper;
  if (agrees && upper - lower > lossRatio) {
    const note = `${interval}: ${packets} packets are too few to tell ${percent(lossRatio)} from half or twice of it`;
    return unjudged({ ...facts, measured, note });
  }
  const tolerance = Math.max(upper - measured, measured - lower);
  return { ...facts, measured, tolerance, verdict: agrees ? "within" : "outside", note: interval };
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}
