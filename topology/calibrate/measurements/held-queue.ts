// The queue, by the kernel's own count of the packets in it while a stream keeps it full: for a
// queue so short, of a link so fast, that the machine is late by more than a packet takes to leave
// (queue.ts). A full queue is sometimes found with one packet less, right after one has left; it
// never holds more than its limit.

import type { Check } from "../../../lib/contract/calibration.ts";
import { compare, unjudged } from "../check.ts";
import { toleranceOfQueue } from "./queue.ts";

/**
 * A full queue is found with its last packet at least as often as with one less, however unevenly
 * packets come, so this many readings of one less hide the last packet once in a thousand times.
 */
export const FULL_READINGS = 10;

/**
 * Readings of a queue that are the highest, but for the tolerance: those that found it full. It
 * holds less right after a packet has left, and while a guest has no time for the stream.
 */
export function fullReadings(readings: readonly number[]): number {
  const most = Math.max(0, ...readings);
  return readings.filter((packets) => packets > 0 && packets >= most - toleranceOfQueue(most)).length;
}

/** Compares the most packets that were read in a queue with the declared number. */
export function checkHeldQueue(configured: number, readings: readonly number[]): Check {
  const measured = Math.max(0, ...readings);
  const samples = fullReadings(readings);
  const facts = { quantity: "queue", unit: "packets", configured, expected: configured, measured, samples } as const;
  const tolerance = toleranceOfQueue(configured);
  const note = `the most that the kernel counted in it while packets came faster than they left; ${samples} of ${readings.length} readings found it full`;
  const check = compare({ ...facts, tolerance, note });
  if (samples >= FULL_READINGS || measured > configured + tolerance) return check;
  return unjudged({
    ...facts,
    note: `a busy machine: ${samples} of ${readings.length} readings found it full, and ${FULL_READINGS} have to`,
  });
}
