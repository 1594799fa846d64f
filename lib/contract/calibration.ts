// The calibration of a link (topology/calibrate): made there, held by the link's agent, written into results.
// Plain JSON, in base units named by the field, so that a result file can be read years later without the program.

import type { Direction } from "../link/direction.ts";

/** `unjudged`: there is nothing configured to hold it against, or the sample cannot tell. `note` says which. */
export type Verdict = "within" | "outside" | "unjudged";

/** One quantity: configured beside measured beside tolerance. */
export interface Check {
  quantity: string;
  unit: "ms" | "bit/s" | "ratio" | "packets" | "bytes";
  /** What the scenario says, in `unit`; null where it sets nothing. */
  configured: number | null;
  /** What a true link would measure: configured plus what the path costs anyway, framing taken off. */
  expected: number | null;
  measured: number | null;
  /** Allowed distance from `expected`; null where there is no verdict. */
  tolerance: number | null;
  samples: number;
  verdict: Verdict;
  /** The reason for the tolerance, or for the lack of a verdict. */
  note: string;
}

export interface DirectionCalibration {
  configured: Direction;
  checks: Check[];
}

export interface LinkCalibration {
  link: string;
  between: [first: string, second: string];
  backend: string;
  /** ISO 8601. */
  measuredAt: string;
  durationSeconds: number;
  /** Share of the time in which the machine's processors were busy meanwhile, 0 to 1: a busy machine measures itself. */
  machineBusyRatio: number;
  /** Chance, at most, that a check of a true link is called outside: that of a whole calibration is 1 in 1000. */
  alphaPerCheck: number;
  /** The path with every qdisc taken away: what it costs by itself. */
  base: { rttMillis: number; forwardDelayMillis: number; backwardDelayMillis: number };
  /** What concerns both directions at once: RTT, frames above the MTU. */
  checks: Check[];
  forward: DirectionCalibration;
  backward: DirectionCalibration;
  /** `outside` if any check is. */
  verdict: Verdict;
}
