// A burst into the idle link: what a drop-tail queue lets through is known from when each packet of the burst was sent.
// irtt sends it, busy-waiting between packets, and tells the time of each; the queue is then followed packet by packet.
// This is the test that the declared queue is the queue: with one netem for delay and rate, packets in flight would count.

import { RttlabError } from "../../../lib/errors.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import { type LinkSettings, rttMillis } from "../../../lib/link/link.ts";
import { FRAME_BYTES } from "../../../lib/link/queues/kind.ts";
import { queuePackets } from "../../../lib/link/queues/table.ts";
import type { Check } from "../../../lib/results.ts";
import { compare, unjudged } from "../check.ts";
import { FULL_PAYLOAD_BYTES, transmissionMillis } from "../frames.ts";

/** The burst is so much faster than the link: enough to fill the queue, not more than the link has time to take up. */
const SPEED_RATIO = 2.5;
/** What irtt keeps up on a busy machine. */
const LIKELY_PACKETS_PER_SECOND = 10_000;
const MIN_INTERVAL_MICROS = 50;
/** A source must be so much faster than the link for its burst to fill the queue soon. */
const MIN_SPEED_RATIO = 1.2;
/** Longest burst, and longest time for the queue to drain after it. */
const MAX_MILLIS = 1500;
/** Frames besides the burst that the far end receives: irtt opens and closes its session. */
export const SESSION_FRAMES = 2;
const TOLERANCE_PACKETS = 4;
const TOLERANCE_RATIO = 0.03;
/** What a link that is held up takes late finds the queue emptier: so much more than predicted may come through then. */
const HELD_UP_RATIO = 0.1;

/** A burst: when each packet was sent, and how many the far end received. */
export interface Burst {
  sentAtMillis: number[];
  received: number;
}

/** How long to send, or why a burst into this direction would not tell. */
export function burstPlan(settings: LinkSettings, direction: Direction): { millis: number } | { reason: string } {
  const { rateBitsPerSecond, lossRatio } = direction;
  if (rateBitsPerSecond === null) return { reason: "no rate is set, so nothing queues" };
  const queued = declaredPackets(settings, direction);
  const packetMillis = transmissionMillis(FRAME_BYTES, rateBitsPerSecond);
  const sentPerSecond = Math.min(LIKELY_PACKETS_PER_SECOND, 1e6 / intervalMicros(rateBitsPerSecond));
  const arrivingPerMilli = (sentPerSecond * (1 - lossRatio)) / 1000;
  if (arrivingPerMilli * packetMillis < MIN_SPEED_RATIO) return { reason: "a probe cannot send faster than this link" };
  const millis = Math.ceil((1.5 * queued) / (arrivingPerMilli - 1 / packetMillis)) + 10;
  if (millis > MAX_MILLIS || queued * packetMillis > MAX_MILLIS) {
    return { reason: `filling and draining a queue of ${queued} packets would take too long` };
  }
  return { millis };
}

/** Run at the sending end. `waitMillis`: for answers, after the last packet. */
export function burstCommand(
  receiver: string,
  { rateBitsPerSecond }: Direction,
  millis: number,
  waitMillis: number,
): string[] {
  const interval = `${intervalMicros(rateBitsPerSecond)}us`;
  const pace = ["-i", interval, "-d", `${millis}ms`, "--timer=busy", `--wait=${Math.ceil(waitMillis)}ms`];
  return ["irtt", "client", ...pace, "-l", String(FULL_PAYLOAD_BYTES), "-Q", "-o", "-", receiver];
}

function intervalMicros(rateBitsPerSecond: number | null): number {
  return Math.max(
    MIN_INTERVAL_MICROS,
    Math.round((1000 * transmissionMillis(FRAME_BYTES, rateBitsPerSecond)) / SPEED_RATIO),
  );
}

/** Reads the times of sending from irtt's JSON. Throws E_MEASUREMENT when it sent nothing. */
export function parseSentAtMillis(json: string): number[] {
  const { round_trips: trips } = JSON.parse(json) as { round_trips: RoundTrip[] | null };
  if (trips === null || trips.length === 0)
    throw new RttlabError("E_MEASUREMENT", "measuring the queue: no burst was sent");
  return trips.map(({ timestamps }) => timestamps.client.send.monotonic / 1e6);
}

interface RoundTrip {
  timestamps: { client: { send: { monotonic: number } } };
}

/** How many packets of a burst a drop-tail queue of `queued` packets lets through, the one being sent among them. */
export function predictThrough(sentAtMillis: readonly number[], queued: number, packetMillis: number): number {
  const departures: number[] = [];
  let waiting = 0;
  for (const now of sentAtMillis) {
    while (waiting < departures.length && (departures[waiting] as number) <= now) waiting += 1;
    if (departures.length - waiting >= queued) continue;
    departures.push(Math.max(departures.at(-1) ?? 0, now) + packetMillis);
  }
  return departures.length;
}

/** Holds what came through against what the declared queue predicts. */
export function checkBurst(settings: LinkSettings, direction: Direction, { sentAtMillis, received }: Burst): Check {
  const configured = declaredPackets(settings, direction);
  const facts = {
    quantity: "burst",
    unit: "packets",
    configured,
    measured: received,
    samples: sentAtMillis.length,
  } as const;
  const { rateBitsPerSecond, lossRatio } = direction;
  const arriving = sentAtMillis.filter((_, index) => isKept(index, lossRatio));
  const expected = predictThrough(arriving, configured, transmissionMillis(FRAME_BYTES, rateBitsPerSecond));
  const tolerance = Math.max(TOLERANCE_PACKETS, Math.ceil(expected * TOLERANCE_RATIO));
  if (arriving.length - expected < 2 * tolerance) {
    return unjudged({
      ...facts,
      expected,
      note: "the machine was too busy to send faster than the link: the queue was not filled",
    });
  }
  const heldUp = { least: configured - tolerance, most: expected * (1 + HELD_UP_RATIO) };
  if (Math.abs(received - expected) > tolerance && received >= heldUp.least && received <= heldUp.most) {
    const note = `${expected} predicted; a busy machine kept the link from taking up, or from sending on, part of the burst in time`;
    return unjudged({ ...facts, expected, note });
  }
  const note = `of ${sentAtMillis.length} sent, a queue of ${configured} lets ${expected} through; 3 % is for packets that the link takes up in batches`;
  return compare({ ...facts, expected, tolerance, note });
}

/** Of three bursts the one whose deviation is the middle one: the link was held up in at most one or two of them. */
export function medianBurst(bursts: readonly Check[]): Check {
  const deviation = ({ measured, expected }: Check) => (measured ?? 0) - (expected ?? 0);
  const sorted = bursts.toSorted((first, second) => deviation(first) - deviation(second));
  const middle = sorted[Math.floor(sorted.length / 2)] as Check;
  return { ...middle, note: `${middle.note}; the median of ${bursts.length} bursts` };
}

/** Thins evenly by the configured loss, which comes before the queue; the queue stays full, so which ones are lost matters little. */
function isKept(index: number, lossRatio: number): boolean {
  return Math.floor((index + 1) * lossRatio) === Math.floor(index * lossRatio);
}

function declaredPackets(settings: LinkSettings, { rateBitsPerSecond, queue }: Direction): number {
  return queuePackets(queue, { rateBitsPerSecond, rttMillis: rttMillis(settings) });
}
