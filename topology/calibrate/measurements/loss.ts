// Random loss: small packets at a gentle pace; the ends' captures show each one leave and arrive,
// or not. Batches are sent until the losses decide whether the ratio is the declared one
// (statistics/sequential.ts), or time is up.

import { clopperPearson } from "../../../lib/binomial.ts";
import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import type { Flight } from "../capture.ts";
import { compare, unjudged } from "../check.ts";
import { transmissionMillis } from "../frames.ts";
import { quantile } from "../statistics/quantile.ts";
import { type ErrorRates, expectedPackets, judgeLoss } from "../statistics/sequential.ts";
import { corruptionSeen, HARMED_RATIO } from "./corruption.ts";
import { MIN_FRAME_BYTES } from "./stream.ts";

type Counted = Pick<Losses, "lost" | "packets">;

/** Packets that one direction was given and lost. */
export interface Losses {
  lost: number;
  packets: number;
  /** All missing packets of all that were sent, including those that do not count. */
  unseen: number;
}

/** A machine sends and captures so many in time. */
export const MAX_PACKETS_PER_SECOND = 3000;
/** The used share of the rate: each packet finds an empty queue. */
const GENTLE_RATIO = 0.7;
/**
 * The loss that a link without configured loss may have, and the number of packets that shows it.
 */
const UNCONFIGURED_LOSS_RATIO = 0.0005;
const UNCONFIGURED_PACKETS = 3000;
/** At most this long, because nobody waits minutes for the news that nothing was lost. */
const UNCONFIGURED_SECONDS = 4;

/** This many packets per second fill the queue only after a delay of this length. */
const HOLD_UP_MILLIS = 4;

/**
 * Jitter that keeps packets in order delays some by this many deviations and releases them
 * together.
 */
const HOLD_UP_DEVIATIONS = 16;

export function gentlePackets(direction: Direction, queued: number): number {
  const { rateBitsPerSecond, slots } = direction;
  const ofSlots =
    slots?.packets == null ? MAX_PACKETS_PER_SECOND : (1000 * GENTLE_RATIO * slots.packets) / slots.maxMillis;
  if (rateBitsPerSecond === null) return Math.min(MAX_PACKETS_PER_SECOND, ofSlots);
  const ofRate = (1000 * GENTLE_RATIO) / transmissionMillis(MIN_FRAME_BYTES, rateBitsPerSecond);
  const holdUpMillis = HOLD_UP_MILLIS + impairmentHoldUpMillis(direction);
  return Math.min(MAX_PACKETS_PER_SECOND, ofRate, ofSlots, (1000 * queued) / holdUpMillis);
}

/** How long the link itself may hold packets up, and then release them together. */
function impairmentHoldUpMillis({ jitterMillis, slots }: Direction): number {
  return HOLD_UP_DEVIATIONS * jitterMillis + (slots?.maxMillis ?? 0);
}

/** Packets that a direction will probably need in total. */
export function wantedPackets(direction: Direction, packetsPerSecond: number, rates: ErrorRates): number {
  const { ratio, inflation } = expectedLoss(direction);
  if (ratio === 1) return 100;
  const others = othersWanted(direction, rates);
  if (ratio > 0) return Math.max(others, Math.ceil(inflation * expectedPackets(ratio, rates)));
  return Math.max(others, Math.min(UNCONFIGURED_PACKETS, Math.ceil(packetsPerSecond * UNCONFIGURED_SECONDS)));
}

/**
 * The share of small packets that do not arrive as they were sent, by loss or corruption, and how
 * much more their number varies than that of independent losses.
 */
export function expectedLoss(direction: Direction): { ratio: number; inflation: number } {
  const { meanRatio, inflation } = lossFacts(direction);
  const harmed = direction.corruptionRatio * HARMED_RATIO;
  return { ratio: meanRatio + (1 - meanRatio) * harmed, inflation };
}

/** The same impairments are judged by this sample (table.ts). */
function othersWanted(direction: Direction, rates: ErrorRates): number {
  const ratios = [corruptionSeen(direction), direction.duplicationRatio, direction.reorderingRatio];
  return Math.max(0, ...ratios.filter((ratio) => ratio > 0 && ratio < 1).map((ratio) => expectedPackets(ratio, rates)));
}

/**
 * The losses of a stream. A packet counts only if it cannot have met a full queue: few were sent
 * just before it, and its neighbours that arrived were not late enough for half the queue to have
 * gathered. Whether a packet counts does not depend on its own arrival, because that would bias the
 * ratio.
 */
export function countLosses(
  sent: readonly Flight[],
  direction: Direction,
  queued: number,
  packetsPerSecond: number,
): Losses {
  const lateness = sent.map(({ sentAtMillis, arrivedAtMillis }) =>
    arrivedAtMillis === null ? null : arrivedAtMillis - sentAtMillis,
  );
  const times = lateness.filter((time) => time !== null);
  const heldUp = impairmentHoldUpMillis(direction) / (direction.slots === null ? 2 : 1);
  // Those that skip the delay are no measure of the others.
  const skipped = direction.reorderingRatio > 0 ? direction.delayMillis : 0;
  const lateMillis = heldUp + skipped + Math.max(1, (500 * queued) / packetsPerSecond);
  // Where nothing arrived, nothing was late.
  const latest = times.length === 0 ? Number.POSITIVE_INFINITY : quantile(times, 0.1) + lateMillis;
  const before = running(lateness);
  const after = running(lateness.toReversed()).toReversed();
  const crowd = waiting(sent, CAUTION * transmissionMillis(MIN_FRAME_BYTES, direction.rateBitsPerSecond));
  const isClear = (at: number) =>
    (before[at] as number) <= latest &&
    (after[at] as number) <= latest &&
    (crowd[at] as number) < Math.max(1, queued / 2);
  const counted = sent.filter((_, at) => isClear(at));
  const missing = (flights: readonly Flight[]) =>
    flights.filter(({ arrivedAtMillis }) => arrivedAtMillis === null).length;
  return { packets: counted.length, lost: missing(counted), unseen: missing(sent) };
}

/**
 * The rate may be lower than declared, and packets may come closer together than they were sent.
 */
const CAUTION = 1.3;
const CLOSER_MILLIS = 1;

/** How many packets are still to be forwarded when each one arrives, if none was lost. */
function waiting(sent: readonly Flight[], packetMillis: number): number[] {
  const departures: number[] = [];
  let gone = 0;
  return sent.map(({ sentAtMillis }, at) => {
    while (gone < at && (departures[gone] as number) + CLOSER_MILLIS <= sentAtMillis) gone += 1;
    departures.push(Math.max(departures.at(-1) ?? 0, sentAtMillis) + packetMillis);
    return at - gone;
  });
}

/**
 * For each place, the nearest known time before it; 0 at the beginning, where nothing was before.
 */
function running(times: readonly (number | null)[]): number[] {
  let last = 0;
  return times.map((time) => {
    const before = last;
    last = time ?? last;
    return before;
  });
}

/** Whether a direction's losses suffice. */
export function isDecided(direction: Direction, losses: Counted, rates: ErrorRates): boolean {
  const { ratio } = expectedLoss(direction);
  if (ratio === 1) return true; // nothing arrives that could show anything else
  const isEnoughForOthers = losses.packets >= othersWanted(direction, rates);
  return isEnoughForOthers && (ratio === 0 || decide(direction, losses, rates) !== null);
}

/** As many independent losses as say the same. */
function decide(direction: Direction, { lost, packets }: Counted, rates: ErrorRates) {
  const { ratio, inflation } = expectedLoss(direction);
  return judgeLoss(lost / inflation, packets / inflation, ratio, rates);
}

/** Counters and captures are not read at the same moment. */
export const MAX_LATE = 1;

/**
 * Compares losses with the configured ratio. `others`: frames that the link missed or dropped in
 * its queue meanwhile, by its own counters; `late`: packets that did not arrive in time although
 * nothing lost them. If they could explain an excess of losses, there is no verdict; nor is there
 * of a sample with more late packets than `MAX_LATE`, which is not whole.
 */
export function checkLoss(
  direction: Direction,
  losses: Counted,
  rates: ErrorRates,
  { others, late, packetsPerSecond }: { others: number; late: number; packetsPerSecond: number },
): Check {
  const check = judge(direction, losses, rates, packetsPerSecond);
  const { lost, packets } = losses;
  if (late > MAX_LATE) {
    const note = `a busy machine: ${late} of ${packets} packets did not arrive in time, although nothing lost them`;
    return unjudged({ ...check, tolerance: null, note });
  }
  if (check.verdict !== "outside" || others + late === 0 || lost / packets < expectedLoss(direction).ratio)
    return check;
  if (
    judge(direction, { packets, lost: Math.max(0, lost - others - late) }, rates, packetsPerSecond).verdict ===
    "outside"
  )
    return check;
  const note = `${lost} of ${packets} lost, but a busy machine missed or queued away ${others} frames meanwhile, and was late with ${late}`;
  return unjudged({ ...check, tolerance: null, note });
}

function judge(direction: Direction, { lost, packets }: Counted, rates: ErrorRates, packetsPerSecond: number): Check {
  const { ratio: expected, inflation } = expectedLoss(direction);
  const facts = {
    quantity: "loss",
    unit: "ratio",
    configured: lossFacts(direction).meanRatio,
    expected,
    samples: packets,
  } as const;
  if (packets === 0) return unjudged({ ...facts, note: "no packet was on time: a busy machine" });
  const measured = lost / packets;
  const [fewer, all] = [Math.floor(lost / inflation), Math.ceil(packets / inflation)];
  const [lower, upper] = clopperPearson(fewer, all, 1 - rates.alpha);
  const interval = `${lost} of ${packets} lost, ${percent(lower)} to ${percent(upper)} but for ${rates.alpha.toPrecision(1)}`;
  if (expected === 0) {
    const tolerance =
      lower > UNCONFIGURED_LOSS_RATIO ? UNCONFIGURED_LOSS_RATIO : Math.max(UNCONFIGURED_LOSS_RATIO, measured);
    return compare({ ...facts, measured, tolerance, note: interval });
  }
  const verdict =
    expected === 1 ? (lost === packets ? "within" : "outside") : decide(direction, { lost, packets }, rates);
  if (verdict !== null)
    return { ...facts, measured, tolerance: Math.max(upper - measured, measured - lower), verdict, note: interval };
  const seconds = Math.ceil((inflation * expectedPackets(expected, rates)) / packetsPerSecond);
  const note = `${interval}: it would take about ${seconds} s (\`calibrate LINK thorough\`)`;
  return unjudged({ ...facts, measured, note });
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}
