// Reordering: packets of the loss test that skipped the delay.

import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import { highestOf, lowestOf, shapeOf } from "../../../lib/link/jitter-shapes.ts";
import { unjudged } from "../check.ts";
import type { StreamFacts } from "./facts.ts";
import { checkShare } from "./share-of-packets.ts";

/** Below this the machine makes a packet that skipped the delay look like one that did not. */
const SHORTEST_MILLIS = 4;

export function checkReordering({ direction, sample, rates }: StreamFacts): Check[] {
  const { reorderingRatio: ratio, duplicationRatio, delayMillis } = direction;
  if (ratio === 0) return [];
  const reason =
    delayMillis < SHORTEST_MILLIS
      ? `a delay below ${SHORTEST_MILLIS} ms: the machine's own spreads as much`
      : jitterReachMillis(direction) >= delayMillis / 2
        ? "by jitter alone some packets are early by half of the delay"
        : undefined;
  if (reason !== undefined) {
    return [unjudged({ quantity: "reordering", unit: "ratio", configured: ratio, note: reason })];
  }
  // Of two copies each may skip the delay, and the first one counts.
  const seenRatio = 1 + duplicationRatio * (1 - ratio);
  const arrived = sample === null ? null : { ...sample, packets: sample.arrived };
  const note = "early by half of the delay";
  return [checkShare("reordering", ratio, seenRatio, sample?.early, arrived, rates, note)];
}

/** How early jitter makes a packet: than others if it may overtake them, else than the delay. */
function jitterReachMillis({ jitterMillis, jitterDistribution, jitterOrder }: Direction): number {
  const shape = shapeOf(jitterDistribution);
  return jitterMillis * ((jitterOrder === "kept" ? 0 : highestOf(shape)) - lowestOf(shape));
}
