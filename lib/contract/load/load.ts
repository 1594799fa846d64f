// A load of services/loadgen: its settings, its progress, and its result, which is stored
// unchanged. Plain JSON in base units named by the fields, so that a result file can be read years
// later without the program.

/**
 * A closed-loop load: N users, each making one request after another. docs/loadgen.md has the
 * ranges.
 */
export interface LoadSettings {
  /** `host:port` of the server. */
  target: string;
  path: string;
  /** 1.0: a connection per request. 1.1: each user keeps its connection. */
  httpVersion: "1.0" | "1.1";
  /**
   * Which connections fetch a page, where `path` is one and its objects are fetched too; null:
   * single requests.
   */
  page: PagePlan | null;
  /** Connections of a parallel plan; null with others. */
  connections: number | null;
  users: number;
  /** How long new requests begin; null if `requests` bounds the load. */
  seconds: number | null;
  /** How many requests, or pages, begin after the warm-up; null if `seconds` bounds the load. */
  requests: number | null;
  /** Requests that begin in this time, before the others, are not counted. */
  warmupSeconds: number;
  /** Mean of a user's exponentially distributed pause between two requests; 0: none. */
  thinkMillis: number;
  /** From the beginning of a request to its last byte. */
  timeoutMillis: number;
  /**
   * What becomes of requests under way when `seconds` are over: they are waited for, or cut off and
   * counted as that.
   */
  ending: "wait" | "cut";
  /** Seed of the think times. */
  seed: number;
  /**
   * Round-trip time for `roundTrips` in the result; null: a probe before the users begin measures
   * it.
   */
  rttMillis: number | null;
  /** Whether the result includes whole histograms. */
  histograms: boolean;
}

/**
 * Serial: one object after another; pipelined: all asked for at once on one connection; 1.0 has a
 * connection for each object.
 */
export const PAGE_PLANS = ["1.0-serial", "1.0-parallel", "1.1-serial", "1.1-pipelined", "1.1-parallel"] as const;
export type PagePlan = (typeof PAGE_PLANS)[number];

export const PAGE_OUTCOMES = ["completed", "failed", "cut"] as const;
export type PageOutcome = (typeof PAGE_OUTCOMES)[number];

/** Pages begun in the window. */
export interface PageResult extends Record<PageOutcome, number> {
  /** Objects of the page that was completed last, the document aside; null when none was. */
  objects: number | null;
  /** From the wish for a page to the last byte of its last object, of those completed. */
  latency: LatencySummary;
}

/**
 * Why a request failed. `short`: the connection ended before the response did; `local`: this
 * machine could not even try.
 */
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
 * Times of a completed request. `connect`: TCP handshake, once per connection; `firstByte`: from
 * sending the request to the first byte of the response; `transfer`: from sending the request to
 * the last byte; `total`: from the intended start of the request to the last byte, including a
 * connect if there was one.
 */
export const PHASES = ["connect", "firstByte", "transfer", "total"] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Quantiles are within 0.1 % (HDR histogram of three digits); min, max and mean are exact. All are
 * null without samples, and a quantile also if no sample lies beyond it: p90 of fewer than 10, p99
 * of fewer than 100, p999 of fewer than 1000.
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
  /** HdrHistogram V2, compressed, base64, in microseconds; only on request. */
  histogram?: string;
}

export interface LoadResult {
  settings: LoadSettings;
  /** When the measurement window began, ISO 8601. */
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
  /** The message of the first failure of each kind. */
  failureExamples: Partial<Record<FailureKind, string>>;
  /** Responses by status code. */
  statuses: Record<string, number>;
  /** Connections opened in the window. */
  connections: number;
  /** Completions inside the window, whenever begun, divided by its length. */
  completedPerSecond: number;
  /** Bits of response bodies that arrived inside the window, divided by its length. */
  goodputBitsPerSecond: number;
  latencies: Record<Phase, LatencySummary>;
  /** Null in a load of single requests. */
  pages: PageResult | null;
  /**
   * The median of each phase in round trips, which separates handshakes from rounds of slow start.
   * null if no RTT is known. `probe`: the smallest connect time of a few connections, one after
   * another, before the users began.
   */
  roundTrips: { rttMillis: number; source: "given" | "probe"; medians: Record<Phase, number | null> } | null;
  generator: GeneratorLoad;
}

/**
 * How busy the generator was in the window. The latencies of a saturated generator measure the
 * generator itself.
 */
export interface GeneratorLoad {
  cpuSeconds: number;
  /** Share of the window in which the event loop was busy, 0 to 1. */
  eventLoopUtilisation: number;
  /** The event loop was busy for more than 90 % of the window. */
  saturated: boolean;
}

/** One second of a load; `inFlight` and `elapsedSeconds` are as of its end. */
export interface LoadProgress {
  elapsedSeconds: number;
  completed: number;
  failed: number;
  inFlight: number;
  bodyBytes: number;
}

/** The settings of a request. Omitted ones have defaults (settings.ts). */
export type LoadRequest = Partial<LoadSettings>;

/** An endless load for the background. */
export type BackgroundLoad = Omit<LoadRequest, "seconds" | "requests">;
