// The calibration of a link: topology/calibrate makes it, the link's agent holds it, results
// include it. Plain JSON in base units named by the fields, so that a result file can be read years
// later without the program.

import type { Direction } from "../link/direction.ts";

/**
 * `unjudged`: nothing is configured to compare with, or the sample cannot decide. `note` says
 * which.
 */
export type Verdict = "within" | "outside" | "unjudged";

/** One quantity: configured and measured values, and the tolerance. */
export interface Check {
  quantity: string;
  unit: "ms" | "bit/s" | "ratio" | "packets" | "bytes";
  /** The scenario's value, in `unit`; null if it sets none. */
  configured: number | null;
  /**
   * The measurement of a correct link: the configured value plus the cost of the bare path, without
   * framing.
   */
  expected: number | null;
  measured: number | null;
  /** Allowed distance from `expected`; null without a verdict. */
  tolerance: number | null;
  samples: number;
  /** How many times the tolerance the sample may be off by, where that left it unjudged. */
  errorRatio?: number;
  verdict: Verdict;
  /** The reason for the tolerance, or for the missing verdict. */
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
  /**
   * Share of the time in which the machine's processors were busy, 0 to 1: a busy machine measures
   * itself.
   */
  machineBusyRatio: number;
  /**
   * Largest probability that a check of a correct link fails. For a whole calibration it is 1 in
   * 1000.
   */
  alphaPerCheck: number;
  /** The cost of the path with every qdisc taken away. */
  base: { rttMillis: number; forwardDelayMillis: number; backwardDelayMillis: number };
  /** Checks that concern both directions: RTT, and frames above the MTU. */
  checks: Check[];
  forward: DirectionCalibration;
  backward: DirectionCalibration;
  /** `outside` if any check is, `unjudged` if none has a verdict. */
  verdict: Verdict;
}
