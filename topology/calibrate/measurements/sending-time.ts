// The time that a link takes to send a frame, from bursts (burst.ts): while packets wait, arrivals
// are that far apart.

import type { Passage } from "../capture.ts";
import { type Estimate, quantile } from "../statistics/quantile.ts";
import { STRETCH_MILLIS } from "./fullness.ts";

/** Of the echoes in the idle link. */
export interface IdleEcho {
  /** One way. */
  delayMillis: number;
  /** How far that is from what the settings let expect. */
  offMillis: number;
  /** How late the machine makes one in ten of them. */
  lateMillis: number;
  /** How much later than the first tenth jitter may make any. */
  jitterMillis: number;
  bytes: number;
}

const WINDOW_MILLIS = 30;

/**
 * Median over windows of packets that were in the queue together, first to last, in the steadier
 * half of the stretches: a machine that pauses spreads those around it.
 */
export function sendingTime(
  trains: readonly (readonly Passage[])[],
  queued: number,
  likely: number,
  jitterMillis: number,
): Estimate | null {
  const width = Math.max(1, Math.min(queued - 1, Math.ceil(WINDOW_MILLIS / likely)));
  const long = Math.max(width, Math.ceil(STRETCH_MILLIS / likely));
  const stretches = trains.flatMap((train) => {
    const values = train.slice(width).map((last, index) => {
      const first = train[index] as Passage;
      const isTogether = last.sentAtMillis - first.sentAtMillis < (width * likely) / 2 || index + width < queued;
      return isTogether && waits(train, index, width, 0.9 * likely - jitterMillis)
        ? (last.arrivedAtMillis - first.arrivedAtMillis) / width
        : null;
    });
    const cuts = Array.from({ length: Math.ceil(values.length / long) }, (_, at) => at * long);
    return cuts.map((cut) => values.slice(cut, cut + long).filter((value) => value !== null));
  });
  const steadiest = stretches
    .filter(({ length }) => length > 0)
    .toSorted((one, other) => quartiles(one) - quartiles(other));
  return estimate(steadiest.slice(0, Math.ceil(steadiest.length / 2)).flat(), width);
}

/**
 * Whether each packet after the first arrived before the one before it had left, judged by the
 * first packet's delay with this allowance.
 */
function waits(train: readonly Passage[], index: number, width: number, lessMillis: number): boolean {
  const [first] = train;
  const pathMillis = first === undefined ? 0 : first.arrivedAtMillis - first.sentAtMillis - lessMillis;
  for (let at = index + 1; at <= index + width; at += 1) {
    if ((train[at] as Passage).sentAtMillis + pathMillis > (train[at - 1] as Passage).arrivedAtMillis) return false;
  }
  return true;
}

/**
 * If the queue holds only one packet: the first of each burst, by its time in excess of an echo's.
 */
export function lonelyTime(trains: readonly (readonly Passage[])[], echo: IdleEcho, share: number): Estimate | null {
  const values = trains.flatMap(([first]) =>
    first === undefined ? [] : [(first.arrivedAtMillis - first.sentAtMillis - echo.delayMillis) / share],
  );
  if (values.length < MIN_LONELY) return null;
  const scatter = (2 * (quantile(values, 0.2) - quantile(values, 0.05))) / Math.sqrt(values.length);
  const error = scatter + echo.offMillis + LONELY_ERROR_MILLIS;
  return { value: quantile(values, 0.1), error, samples: values.length };
}

/** Fewer bursts say nothing of a queue of one packet. */
export const MIN_LONELY = 10;
/** A large frame also takes longer in the machine than a small one. */
const LONELY_ERROR_MILLIS = 0.03;

/** Median; `width`: how many of the values overlap. */
function estimate(values: readonly number[], width: number): Estimate | null {
  if (values.length === 0) return null;
  const error = (0.93 * quartiles(values)) / Math.sqrt(Math.max(1, values.length / width));
  return { value: quantile(values, 0.5), error, samples: values.length };
}

/** How far apart they are. */
function quartiles(values: readonly number[]): number {
  return quantile(values, 0.75) - quantile(values, 0.25);
}
