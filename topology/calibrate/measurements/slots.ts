// Slots: how far apart the groups are in which the packets of the loss test arrive. netem begins
// the next slot with the packet that finds the last one over, so that is the mean of the bounds
// and, on average, the distance of two packets.

import type { Check } from "../../../lib/contract/calibration.ts";
import { compare, unjudged } from "../check.ts";
import { ERRORS } from "../statistics/normal.ts";
import type { StreamFacts } from "./facts.ts";

const MIN_SLOTS = 30;
/** A link's clock, and a packet that comes late. */
const TOLERANCE_MILLIS = 0.5;
/** Of packets as close together as this the machine makes one group. */
const SHORTEST_MILLIS = 4;

export function checkSlots({ direction: { slots }, sample }: StreamFacts): Check[] {
  if (slots === null) return [];
  const { minMillis, maxMillis } = slots;
  const configured = (minMillis + maxMillis) / 2;
  const facts = { quantity: "slots", unit: "ms", configured } as const;
  if (minMillis < SHORTEST_MILLIS) {
    return [
      unjudged({ ...facts, note: `slots less than ${SHORTEST_MILLIS} ms apart: the machine groups packets, too` }),
    ];
  }
  if (sample === null || sample.slots < MIN_SLOTS)
    return [unjudged({ ...facts, note: "too few groups were captured" })];
  const expected = configured + sample.slotsMillis / sample.packets;
  const measured = sample.slotsMillis / sample.slots;
  const deviation = (maxMillis - minMillis) / Math.sqrt(12);
  const tolerance = TOLERANCE_MILLIS + (ERRORS * deviation) / Math.sqrt(sample.slots);
  const note = `mean distance of ${sample.slots} groups of packets; four standard errors, and 0.5 ms for clocks`;
  return [compare({ ...facts, expected, measured, samples: sample.slots, tolerance, note })];
}
