// Random loss: small packets at a gentle pace; the ends' captures show each one leave and arrive,
// or not. Batches are sent until the losses decide whether the ratio is the declared one
// (statistics/sequential.ts), or time is up.

import { clopperPearson } from "../../../lib/binomial.ts";
import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import type { Flight } from "../capture.ts";
import { compare, unjudged } from "../check.ts";
import { transmissionMillis } from "../frames.ts";
import { quantile } from "../statistics/quantile.ts";
import { type ErrorRates, expectedPackets, judgeLoss } from "../statistics/sequential.ts";
import { MIN_FRAME_BYTES } from "./stream.ts";

type Counted = Pick<Losses, "lost" | "packets">;

/** Packets that one direction was given and lost. */
export interface Losses {
  lost: number;
  packets: number;
  /** All missing packets of all that were sent, including those that do not count. */
  unseen: number;
}

const MAX_PACKETS_PER_SECOND = 3000;
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

export function gentlePackets({ rateBitsPerSecond, jitterMillis }: Direction, queued: number): number {
  if (rateBitsPerSecond === null) return MAX_PACKETS_PER_SECOND;
  const ofRate = (1000 * GENTLE_RATIO) / transmissionMillis(MIN_FRAME_BYTES, rateBitsPerSecond);
  const holdUpMillis = HOLD_UP_MILLIS + HOLD_UP_DEVIATIONS * jitterMillis;
  return Math.min(MAX_PACKETS_PER_SECOND, ofRate, (1000 * queued) / holdUpMillis);
}

/** Packets that a direction will probably need in total. */
export function wantedPackets(direction: Direction, packetsPerSecond: number, rates: ErrorRates): number {
  const { lossRatio } = direction;
  if (lossRatio === 1) return 100;
  if (lossRatio > 0) return expectedPackets(lossRatio, rates);
  return Math.min(UNCONFIGURED_PACKETS, Math.ceil(packetsPerSecond * UNCONFIGURED_SECONDS));
}

/**
 * The losses of a stream. A packet counts only if it cannot have met a full queue: few were sent
 * just before it, and its neighbours that arrived were not late enough for half the queue to have
 * gathered. Whether a packet counts does not depend on its own arrival, because that would bias the
 * ratio.
 */
export function countLosses(
  sent: readonly Flight[],
  { rateBitsPerSecond, jitterMillis }: Direction,
  queued: number,
  packetsPerSecond: number,
): Losses {
  const lateness = sent.map(({ sentAtMillis, arrivedAtMillis }) =>
    arrivedAtMillis === null ? null : arrivedAtMillis - sentAtMillis,
  );
  const times = lateness.filter((time) => time !== null);
  const jittered = (HOLD_UP_DEVIATIONS / 2) * jitterMillis;
  const latest = quantile(times, 0.1) + jittered + Math.max(1, (500 * queued) / packetsPerSecond);
  const before = running(lateness);
  const after = running(lateness.toReversed()).toReversed();
  const crowd = waiting(sent, CAUTION * transmissionMillis(MIN_FRAME_BYTES, rateBitsPerSecond));
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
export function isDecided({ lossRatio }: Direction, { lost, packets }: Counted, rates: ErrorRates): boolean {
  if (lossRatio === 0 || lossRatio === 1) return true;
  return judgeLoss(lost, packets, lossRatio, rates) !== null;
}

/**
 * Compares losses with the configured ratio. `others`: frames that the link missed or dropped in
 * its queue meanwhile, by its own counters; `late`: packets that did not arrive in time although
 * nothing lost them. If they could explain an excess of losses, there is no verdict.
 */
export function checkLoss(
  direction: Direction,
  losses: Counted,
  rates: ErrorRates,
  { others, late, packetsPerSecond }: { others: number; late: number; packetsPerSecond: number },
): Check {
  const check = judge(direction, losses, rates, packetsPerSecond);
  const { lost, packets } = losses;
  if (check.verdict !== "outside" || others + late === 0 || lost / packets < direction.lossRatio) return check;
  if (
    judge(direction, { packets, lost: Math.max(0, lost - others - late) }, rates, packetsPerSecond).verdict ===
    "outside"
  )
    return check;
  const note = `${lost} of ${packets} lost, but a busy machine missed or queued away ${others} frames meanwhile, and was late with ${late}`;
  return unjudged({ ...check, tolerance: null, note });
}

function judge(direction: Direction, { lost, packets }: Counted, rates: ErrorRates, packetsPerSecond: number): Check {
  const { lossRatio } = direction;
  const facts = {
    quantity: "loss",
    unit: "ratio",
    configured: lossRatio,
    expected: lossRatio,
    samples: packets,
  } as const;
  if (packets === 0) return unjudged({ ...facts, note: "no packet was on time: a busy machine" });
  const measured = lost / packets;
  const [lower, upper] = clopperPearson(lost, packets, 1 - rates.alpha);
  const interval = `${lost} of ${packets} lost, ${percent(lower)} to ${percent(upper)} but for ${rates.alpha.toPrecision(1)}`;
  if (lossRatio === 0) {
    const tolerance =
      lower > UNCONFIGURED_LOSS_RATIO ? UNCONFIGURED_LOSS_RATIO : Math.max(UNCONFIGURED_LOSS_RATIO, measured);
    return compare({ ...facts, measured, tolerance, note: interval });
  }
  const verdict =
    lossRatio === 1 ? (lost === packets ? "within" : "outside") : judgeLoss(lost, packets, lossRatio, rates);
  if (verdict !== null)
    return { ...facts, measured, tolerance: Math.max(upper - measured, measured - lower), verdict, note: interval };
  const seconds = Math.ceil(expectedPackets(lossRatio, rates) / packetsPerSecond);
  const note = `${interval}: it would take about ${seconds} s (\`calibrate LINK thorough\`)`;
  return unjudged({ ...facts, measured, note });
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}
