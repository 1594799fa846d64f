// What is known of one direction when a quantity of it is judged, by the sample that it is read
// from.

import type { Direction } from "../../../lib/link/direction.ts";
import type { BurstPlan, BurstResult } from "./burst.ts";
import type { Gone } from "./conservation.ts";
import type { Delay } from "./delay.ts";

export interface EchoFacts {
  direction: Direction;
  /** undefined: too few arrived. */
  delay: Delay | undefined;
  /** That of the bare path. */
  base: Delay;
  /** What an echo itself takes to send. */
  sendingMillis: number;
}

export interface BurstFacts {
  direction: Direction;
  plan: BurstPlan;
  read: BurstResult;
}

/** Differences over the time of the measurements. */
export interface CountedFacts {
  sent: number;
  received: number;
  undelivered: Gone;
  seconds: number;
}
