// Reordering: packets of the loss test that skipped the delay.

import type { Check } from "../../../lib/contract/calibration.ts";
import { unjudged } from "../check.ts";
import type { StreamFacts } from "./facts.ts";
import { checkShare } from "./share-of-packets.ts";

/** Below this the machine makes a packet that skipped the delay look like one that did not. */
const SHORTEST_MILLIS = 4;

export function checkReordering({ direction, sample, rates }: StreamFacts): Check[] {
  const { reorderingRatio: ratio, delayMillis } = direction;
  if (ratio === 0) return [];
  const note = "of those that arrived, in less than half of the delay";
  if (delayMillis >= SHORTEST_MILLIS) {
    const arrived = sample === null ? null : { ...sample, packets: sample.arrived };
    return [checkShare("reordering", ratio, 1, sample?.early, arrived, rates, note)];
  }
  const reason = `a delay below ${SHORTEST_MILLIS} ms: the machine's own spreads as much`;
  return [unjudged({ quantity: "reordering", unit: "ratio", configured: ratio, note: reason })];
}
