// Slots: how far apart the groups are in which packets arrive. Where a slot has a bound on packets,
// they come twice as fast as it lets them pass: every group is then full, and netem draws the next
// slot as soon as one is. Else it draws it at the latest when the next packet comes, so packets
// come close together. Source: netem_dequeue() and get_slot_next() of the kernel.

import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import type { Slots } from "../../../lib/link/impairments/slots.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import { compare, unjudged } from "../check.ts";
import { transmissionMillis } from "../frames.ts";
import { ERRORS } from "../statistics/normal.ts";
import { MAX_PACKETS_PER_SECOND } from "./loss.ts";
import { MIN_FRAME_BYTES } from "./stream.ts";

const MIN_SLOTS = 30;
const WANTED_SLOTS = 100;
const SECONDS = 10;
const THOROUGH_SECONDS = 60;
/** A link's clock, and a packet that comes late. */
const TOLERANCE_MILLIS = 0.5;
/** Of packets as close together as this the machine makes one group. */
const SHORTEST_MILLIS = 4;
/** Packets come so many times as fast as slots let them pass. */
const FULL_RATIO = 2;
/** Half of them wait in the link at last, whose guest has room for so many and more. */
const MAX_FULL_PACKETS = 10_000;
/** Else they come slower than that, so that none waits for a second slot. */
const GENTLE_RATIO = 0.7;
/** At the link's rate a group takes at most this share of the shortest slot: a pause follows it. */
const SENDING_RATIO = 0.25;
/** Packets further apart than this share of a slot say too little of it. */
const MAX_APART_RATIO = 0.25;
/** Jitter of more than this share of the shortest slot may leave one without a packet. */
const MAX_JITTER_RATIO = 0.25;

/** A stream that shows the slots of a direction. */
export interface SlotsPlan {
  packets: number;
  packetsPerSecond: number;
  /** How far apart the packets are that are not lost. 0: they wait, and every group is full. */
  apartMillis: number;
  /** How long the link sends a packet at its rate. */
  packetMillis: number;
  /** How long packets wait for their slot after the last one was sent. */
  waitingMillis: number;
}

/**
 * The groups that arrived: from one to the next how many times, and how long together without what
 * the machine took to let each through.
 */
export interface SlotsSample {
  slots: number;
  slotsMillis: number;
}

/** The plan, or why there is none; null for a direction without slots. */
export function planSlots(direction: Direction, thorough: boolean): SlotsPlan | { refusal: Check } | null {
  const { slots, rateBitsPerSecond, jitterMillis } = direction;
  if (slots === null) return null;
  const refuse = (note: string) => ({ refusal: unjudged({ ...factsOf(slots), note }) });
  const meanMillis = meanOf(slots);
  if (slots.minMillis < SHORTEST_MILLIS)
    return refuse(`slots less than ${SHORTEST_MILLIS} ms apart: the machine groups packets, too`);
  const groups = Math.min(WANTED_SLOTS, Math.floor(((thorough ? THOROUGH_SECONDS : SECONDS) * 1000) / meanMillis));
  if (groups < MIN_SLOTS) {
    const seconds = Math.ceil((MIN_SLOTS * meanMillis) / 1000);
    const hint = seconds <= THOROUGH_SECONDS ? " (`calibrate LINK thorough`)" : "";
    return refuse(`${MIN_SLOTS} groups would take about ${seconds} s${hint}`);
  }
  const kept = 1 - lossFacts(direction).meanRatio;
  const packetMillis = transmissionMillis(MIN_FRAME_BYTES, rateBitsPerSecond);
  const sendingMillis = SENDING_RATIO * slots.minMillis;
  const bound = slots.packets ?? Number.POSITIVE_INFINITY;
  const fullPace = (1000 * FULL_RATIO * bound) / meanMillis / kept;
  const isCarried = fullPace <= MAX_PACKETS_PER_SECOND && bound * packetMillis <= sendingMillis;
  if (isCarried && (groups * bound) / kept <= MAX_FULL_PACKETS) {
    const millis = (groups * meanMillis) / FULL_RATIO;
    const waitingMillis = (FULL_RATIO - 1) * millis;
    return { ...streamOf(fullPace, millis), apartMillis: 0, packetMillis, waitingMillis };
  }
  const ofRate = (1000 * sendingMillis) / slots.maxMillis / packetMillis / kept;
  const ofSlots = (1000 * GENTLE_RATIO * bound) / slots.maxMillis / kept;
  const pace = Math.min(MAX_PACKETS_PER_SECOND, ofRate, ofSlots);
  const apartMillis = 1000 / pace / kept;
  if (apartMillis > MAX_APART_RATIO * meanMillis)
    return refuse("too few packets pass the link between two slots to tell them apart");
  if (jitterMillis > MAX_JITTER_RATIO * slots.minMillis) return refuse("jitter leaves slots without a packet");
  return { ...streamOf(pace, groups * meanMillis), apartMillis, packetMillis, waitingMillis: 0 };
}

function streamOf(packetsPerSecond: number, millis: number): Pick<SlotsPlan, "packets" | "packetsPerSecond"> {
  return { packets: Math.ceil((packetsPerSecond * millis) / 1000), packetsPerSecond };
}

/**
 * Packets of one slot arrive together, those of the next one after half of the shortest slot. netem
 * draws the next slot when the last packet of a group has passed, so the time that the machine
 * takes to let a group through is none of the slot; at a rate, packets follow one another after
 * netem.
 */
export function readSlots(
  arrivals: readonly number[],
  { minMillis }: Slots,
  { packetMillis }: Pick<SlotsPlan, "packetMillis">,
): SlotsSample {
  const groups: { first: number; last: number; packets: number }[] = [];
  for (const time of arrivals.toSorted((first, second) => first - second)) {
    const group = groups.at(-1);
    if (group === undefined || time - group.last > minMillis / 2) groups.push({ first: time, last: time, packets: 1 });
    else Object.assign(group, { last: time, packets: group.packets + 1 });
  }
  const [first = 0, last = 0] = [groups[0]?.first, groups.at(-1)?.first];
  const passing = groups
    .slice(0, -1)
    .map((group) => Math.max(0, group.last - group.first - (group.packets - 1) * packetMillis));
  return { slots: Math.max(0, groups.length - 1), slotsMillis: passing.reduce((sum, one) => sum - one, last - first) };
}

export function checkSlots(slots: Slots, { apartMillis }: SlotsPlan, sample: SlotsSample): Check {
  const facts = factsOf(slots);
  if (sample.slots < MIN_SLOTS) return unjudged({ ...facts, note: "too few groups were captured" });
  // A slot begins with the packet that finds the last one over, or before it.
  const expected = facts.configured + apartMillis / 2;
  const measured = sample.slotsMillis / sample.slots;
  const deviation = (slots.maxMillis - slots.minMillis) / Math.sqrt(12);
  const tolerance = TOLERANCE_MILLIS + apartMillis / 2 + (ERRORS * deviation) / Math.sqrt(sample.slots);
  const close = apartMillis === 0 ? "" : `, and half of the ${apartMillis.toFixed(2)} ms between two packets`;
  const note = `mean distance of ${sample.slots} groups of packets; four standard errors, 0.5 ms for clocks${close}`;
  return compare({ ...facts, expected, measured, samples: sample.slots, tolerance, note });
}

function meanOf({ minMillis, maxMillis }: Slots): number {
  return (minMillis + maxMillis) / 2;
}

function factsOf(slots: Slots) {
  return { quantity: "slots", unit: "ms", configured: meanOf(slots) } as const;
}
