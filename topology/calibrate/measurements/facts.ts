// Facts of one direction, known when a quantity of it is judged, by the sample that it is read
// from.

import type { Direction } from "../../../lib/link/direction.ts";
import type { ErrorRates } from "../statistics/sequential.ts";
import type { BurstPlan, BurstResult } from "./burst.ts";

/** The delays that one direction's echoes show. */
export interface Delay {
  millis: number;
  /** How late the median was: what the machine adds, and jitter where it is set. */
  spreadMillis: number;
  /** From the tenth that was fastest to the tenth that was slowest. */
  decilesMillis: number;
  samples: number;
  /** All of them, in rising order. */
  times: readonly number[];
}

export interface EchoFacts {
  direction: Direction;
  /** undefined: too few arrived. */
  delay: Delay | undefined;
  /** That of the bare path. */
  base: Delay;
  /** The sending time of an echo itself. */
  sendingMillis: number;
}

/** The observations of a gentle stream of small packets. */
export interface StreamSample {
  packets: number;
  arrived: number;
  /** By half of the delay. */
  early: number;
  /** Arrivals beyond the first. */
  copies: number;
  damaged: number;
  lost: number;
  /** Runs of losses, and the standard deviation of their lengths. */
  bursts: number;
  burstDeviation: number;
}

export interface StreamFacts {
  direction: Direction;
  /** null: nothing was captured. */
  sample: StreamSample | null;
  rates: ErrorRates;
}

export interface BurstFacts {
  direction: Direction;
  plan: BurstPlan;
  read: BurstResult;
}

/** Differences over the time of the measurements. */
export interface CountedFacts {
  direction: Direction;
  sent: number;
  received: number;
  /** Packets that the link did not deliver, by its own reasons. */
  undelivered: { lost: number; dropped: number; missed: number };
  seconds: number;
}
