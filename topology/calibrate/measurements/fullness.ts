// How full bursts found the queue of a link (burst.ts).

import type { Flight, Passage } from "../capture.ts";
import { type Estimate, quantile } from "../statistics/quantile.ts";

/** How many packets of a burst were there when each one arrived, including itself. */
export function fullness(train: readonly Passage[], pathMillis: number): number[] {
  let gone = 0;
  return train.map(({ sentAtMillis }, at) => {
    while (gone < at && (train[gone] as Passage).arrivedAtMillis <= sentAtMillis + pathMillis) gone += 1;
    return at - gone + 1;
  });
}

/**
 * A burst says how long the queue is if it came fast enough to overfill it. One that came too
 * slowly, as from a busy machine, only says that the queue is no shorter than this.
 */
export function isTelling(
  sent: readonly Flight[],
  there: readonly number[],
  { queued, lossRatio }: { queued: number; lossRatio: number },
  sendingMillis: number,
): boolean {
  const spanMillis = (sent.at(-1)?.sentAtMillis ?? 0) - (sent[0]?.sentAtMillis ?? 0);
  const left = sent.length * (1 - lossRatio) - spanMillis / sendingMillis;
  return left > queued * OVERFULL_RATIO || Math.max(...there) > queued;
}

/** Less would leave a queue that is 15 % longer than declared hardly full. */
const OVERFULL_RATIO = 1.15;

/**
 * Median of how full packets found a full queue. It reads too full by one if a packet was later
 * than its successor's distance, which the middle third of them shows, and a machine that is often
 * that late.
 */
export function countedFullness(values: readonly number[], latePackets: number, isLate: boolean): Estimate | null {
  if (values.length === 0) return null;
  const apart = quantile(values, 0.65) - quantile(values, 0.35);
  const error = apart + (isLate ? Math.max(1, latePackets) : 0);
  return { value: quantile(values, 0.5), error, samples: values.length };
}

/**
 * One in ten is late by this share of the time between packets, so at most a third of them are
 * counted wrongly.
 */
export const LATE_RATIO = 0.8;

/**
 * Median of the most packets that each burst had in the queue. Its distance to the nearest other
 * burst is the error, because a machine that delays one burst does not delay all.
 */
export function mostFullness(values: readonly number[], latePackets: number): Estimate | null {
  if (values.length === 0) return null;
  const value = quantile(values, 0.5);
  const others = values.toSpliced(values.indexOf(value), 1);
  const apart = others.length === 0 ? 0 : Math.min(...others.map((other) => Math.abs(other - value)));
  return { value, error: apart + latePackets, samples: values.length };
}
