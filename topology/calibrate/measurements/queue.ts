// The queue, by how full bursts found it (burst.ts): checks that the declared queue is the real
// one. If one netem did delay and rate, packets in flight would count.

import type { Check } from "../../../lib/contract/calibration.ts";
import { compare, unjudged } from "../check.ts";
import type { BurstFacts } from "./facts.ts";

const TOLERANCE_RATIO = 0.075;
/** The measured number is whole. */
const TOLERANCE_PACKETS = 0.5;

/** How far a queue may be from the declared one, in packets. */
export function toleranceOfQueue(configured: number): number {
  return Math.max(TOLERANCE_PACKETS, configured * TOLERANCE_RATIO);
}

/** Compares the bursts' result for the queue with the declared one, in packets. */
export function checkQueue({ direction, plan: { queued: configured }, read: { queued } }: BurstFacts): Check[] {
  const facts = { quantity: "queue", unit: "packets", configured, expected: configured } as const;
  if (direction.queue.kind !== "drop-tail") {
    const note = `${direction.queue.kind} is full when packets have waited too long: a burst says nothing of that`;
    return [unjudged({ quantity: "queue", unit: "packets", configured: null, note })];
  }
  if (queued === null)
    return [unjudged({ ...facts, note: "no burst filled it, or a busy machine was behind when one did" })];
  const tolerance = toleranceOfQueue(configured);
  const known = { ...facts, measured: queued.value, samples: queued.samples };
  const check = compare({
    ...known,
    tolerance,
    note: `what had not left when a packet was let in, in ${queued.samples} of them; 7.5 % is half of what is to be found`,
  });
  const distance = Math.abs(queued.value - configured);
  const isCertain = check.verdict === "within" ? queued.error <= tolerance : distance > tolerance + queued.error;
  if (isCertain) return [check];
  const note = `a busy machine, or a link too fast for so short a queue: known to ± ${Number(queued.error.toPrecision(2))} packets`;
  return [unjudged({ ...known, errorRatio: queued.error / tolerance, note })];
}
