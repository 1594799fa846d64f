// A load (services/loadgen): its settings, its progress, and its result, which is written down as it is.
// Plain JSON, in base units named by the field, so that a result file can be read years later without the program.

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
  /** What becomes of requests under way when `seconds` are over: they are waited for, or cut off and counted as that. */
  ending: "wait" | "cut";
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
  /** Requests begun in the window: begun = completed + failed + cut. */
  begun: number;
  completed: number;
  failed: number;
  /** Under way at the window's end and cut off there, as `ending` asks. */
  cut: number;
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

/** What happened in one second of a load; `inFlight` and `elapsedSeconds` are as of its end. */
export interface LoadProgress {
  elapsedSeconds: number;
  completed: number;
  failed: number;
  inFlight: number;
  bodyBytes: number;
}

/** The settings that a request gives; what it leaves out has a default (settings.ts). */
export type LoadRequest = Partial<LoadSettings>;

/** A load without an end, for the background. */
export type BackgroundLoad = Omit<LoadRequest, "seconds" | "requests">;
