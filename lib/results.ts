// The shapes of what rttlab measures and writes down: the result of a load, the calibration of a link.
// Plain JSON, in base units named by the field, so that a result file can be read years later without the program.

import type { Direction } from "./link/direction.ts";

// A load (services/loadgen).

/** What a closed-loop load is: N users, each making one request after another. docs/loadgen.md gives the ranges. */
export interface LoadSettings {
  /** `host:port` of the server. */
  target: string;
  path: string;
  /** 1.0: a connection for every request. 1.1: a user keeps its connection. */
  httpVersion: "1.0" | "1.1";
  users: number;
  /** How long new requests are begun; null when `requests` bounds the load. */
  seconds: number | null;
  /** How many requests are begun, after the warm-up; null when `seconds` bounds the load. */
  requests: number | null;
  /** Requests begun in this time, before the others, are made but not counted. */
  warmupSeconds: number;
  /** Mean of the exponentially distributed pause of a user between two requests; 0: none. */
  thinkMillis: number;
  /** From the beginning of a request to its last byte. */
  timeoutMillis: number;
  /** Seed of the think times. */
  seed: number;
  /** Round-trip time for the `roundTrips` of the result; null: a probe before the users begin finds it. */
  rttMillis: number | null;
  /** Whether the result carries the whole histograms. */
  histograms: boolean;
}

/** Why a request failed. `short`: the connection ended before the response did; `local`: this machine could not even try. */
export const FAILURE_KINDS = [
  "refused",
  "unreachable",
  "reset",
  "timeout",
  "status",
  "short",
  "malformed",
  "local",
  "other",
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/**
 * Times of a completed request. `connect`: TCP handshake, once a connection; `firstByte`: from sending the request to the
 * first byte of the response; `transfer`: from sending the request to the last byte; `total`: from the wish to make the
 * request to the last byte, the connecting included where there was some.
 */
export const PHASES = ["connect", "firstByte", "transfer", "total"] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Quantiles are within 0.1 % (HDR histogram of three digits); min, max and mean are exact. All null without samples, and a quantile
 * also where no sample lies beyond it: p90 of fewer than 10, p99 of fewer than 100, p999 of fewer than 1000.
 */
export interface LatencySummary {
  count: number;
  minMicros: number | null;
  meanMicros: number | null;
  p50Micros: number | null;
  p90Micros: number | null;
  p99Micros: number | null;
  p999Micros: number | null;
  maxMicros: number | null;
  /** HdrHistogram V2, compressed, base64, in microseconds; only where it was asked for. */
  histogram?: string;
}

export interface LoadResult {
  settings: LoadSettings;
  /** When the window of measurement began, ISO 8601. */
  startedAt: string;
  /** Length of the window: `seconds`, or the time until the last of `requests` ended. */
  windowSeconds: number;
  /** Requests begun in the window: begun = completed + failed. */
  begun: number;
  completed: number;
  failed: number;
  failures: Record<FailureKind, number>;
  /** What the first failure of a kind said. */
  failureExamples: Partial<Record<FailureKind, string>>;
  /** Responses by status code. */
  statuses: Record<string, number>;
  /** Connections opened in the window. */
  connections: number;
  /** Completions inside the window, whenever begun, by its length. */
  completedPerSecond: number;
  /** Bits of response bodies that arrived inside the window, by its length. */
  goodputBitsPerSecond: number;
  latencies: Record<Phase, LatencySummary>;
  /**
   * The median of each phase in round trips: handshakes and slow-start rounds told apart. Null where no RTT is known. `probe`: the
   * smallest connect time of a few made one after another before the users began.
   */
  roundTrips: { rttMillis: number; source: "given" | "probe"; medians: Record<Phase, number | null> } | null;
  generator: GeneratorLoad;
}

/** How busy the generator was in the window. Of a saturated one, latencies measure the generator. */
export interface GeneratorLoad {
  cpuSeconds: number;
  /** Share of the window in which the event loop was busy, 0 to 1. */
  eventLoopUtilisation: number;
  /** The event loop was busy for more than 90 % of the window. */
  saturated: boolean;
}

// A calibration (topology/calibrate).

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
  /** The path with every qdisc taken away: what it costs by itself. */
  /** Chance, at most, that a check of a true link is called outside: that of a whole calibration is 1 in 1000. */
  alphaPerCheck: number;
  base: { rttMillis: number; forwardDelayMillis: number; backwardDelayMillis: number };
  /** What concerns both directions at once: RTT, frames above the MTU. */
  checks: Check[];
  forward: DirectionCalibration;
  backward: DirectionCalibration;
  /** `outside` if any check is. */
  verdict: Verdict;
}
