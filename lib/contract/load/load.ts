// A load of services/loadgen: its settings, its progress, and its result, which is stored
// unchanged. Plain JSON in base units named by the fields, so that a result file can be read years
// later without the program.

import type { LatencySummary } from "./latency.ts";
import type { Sizes } from "./sizes.ts";

export type { LatencySummary } from "./latency.ts";

/** A closed load of users, or an open load of arrivals. docs/loadgen.md has the ranges. */
export interface LoadSettings {
  /** `host:port` of the server. */
  target: string;
  /** `echo` sends messages of `size` bytes, which must come back as they are (RFC 862). */
  protocol: "http" | "echo";
  /** The path of requests; with `paths`, the path of those that have none of their own. */
  path: string;
  /** Several paths, of which each request asks for one; null: `path` alone. */
  paths: Paths | null;
  /**
   * How many bytes of it, from the first on (a Range field, RFC 9110 section 14), or of a message;
   * null: all of the file.
   */
  size: Sizes | null;
  method: "GET" | "HEAD";
  /**
   * 1.0: a connection per request, unless `connection` says keep-alive. 1.1: connections are kept.
   */
  httpVersion: "1.0" | "1.1";
  /** The Connection field of requests; null: none. */
  connection: "close" | "keep-alive" | null;
  /**
   * The connections that fetch a page, where `path` is one and its objects are fetched too; null:
   * single requests.
   */
  page: PagePlan | null;
  /** Connections of a parallel plan, or the most of an open load; null with others. */
  connections: number | null;
  /** Users of a closed load; at most, if `levels` has a course. */
  users: number;
  /** Requests a second of an open load, at most if `levels` has a course; null: a closed load. */
  rate: number | null;
  /**
   * The gaps between the requests of an open load: all equal, or exponential as of a Poisson
   * process.
   */
  arrivals: "constant" | "poisson";
  /** The course of `users` or `rate` over warm-up and window; null: they stay the same. */
  levels: Levels | null;
  /** Requests of an open load that may wait for a connection; any more are dropped. */
  backlog: number;
  /** Requests on one connection before the first is answered. */
  pipeline: number;
  /** After that many a connection is left; null: never. */
  requestsPerConnection: number | null;
  /**
   * How a kept connection is left: closed at once, after `lingerMillis`, or by the server alone.
   */
  leaving: "close" | "server";
  lingerMillis: number;
  /** Whether a request that a close left without any answer is made once more (RFC 9112 9.3.1). */
  retry: boolean;
  /** How long new requests begin; null if `requests` bounds the load. */
  seconds: number | null;
  /** How many requests, or pages, begin after the warm-up; null if `seconds` bounds the load. */
  requests: number | null;
  /** Requests that begin in this time, before the others, are not counted. */
  warmupSeconds: number;
  /** Requests that begin in this time, after the others, keep up the load and are not counted. */
  cooldownSeconds: number;
  /** Mean of a user's pause between two requests; 0: none. */
  thinkMillis: number;
  thinking: "exponential" | "fixed";
  /** From the intended start of a request to its last byte. */
  timeoutMillis: number;
  /**
   * The fate of requests under way when `seconds` are over: they are waited for, or cut off and
   * counted as that.
   */
  ending: "wait" | "cut";
  /** Seed of everything that is drawn. */
  seed: number;
  /**
   * The body of every response, by either or both; null: unknown, so only its framing is checked.
   */
  expected: { bytes?: number | null; sha256?: string | null } | null;
  /**
   * Round-trip time for `roundTrips` in the result; null: a probe before the users begin measures
   * it.
   */
  rttMillis: number | null;
  /** Whether the result includes whole histograms. */
  histograms: boolean;
  /** Threads that make the load together. */
  threads: number;
  /** The part of the load that this generator makes: that of `index` (from 0) of `of`. */
  share: { index: number; of: number };
  /** When the load begins, so that several begin together; null: at once. */
  startEpochMillis: number | null;
}

/** A ramp goes from the first value to the second; steps are as long as each other. */
export interface Levels {
  course: "ramp" | "steps";
  values: number[];
}

/**
 * `chosen`: drawn by weight for each request. `replayed`: in their order, at their times from the
 * first one on, which are stretched so that their mean rate is `rate`.
 */
export type Paths =
  | { order: "chosen"; entries: { path: string; weight: number }[] }
  | { order: "replayed"; entries: { path: string; atMillis: number }[] };

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
  /** Under way from before the window until after it, and counted nowhere else. */
  spanning: number;
  /**
   * From the wish for a page to the last byte of its last object, of those completed; of those cut
   * off, for as long as they took.
   */
  latency: LatencySummary;
}

/**
 * Why a request failed. `short`: the connection ended before the response did; `wrong`: whole, but
 * not the expected body; `local`: this machine could not even try.
 */
export const FAILURE_KINDS = [
  "refused",
  "unreachable",
  "reset",
  "timeout",
  "status",
  "short",
  "malformed",
  "wrong",
  "local",
  "other",
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/**
 * Times of a request. `lag`: from its intended start until the generator began to attend to it;
 * `wait`: from then until a connection was free for it or began to be opened; `connect`: TCP
 * handshake, once per connection; `firstByte`: from sending the request to the first byte of the
 * response; `transfer`: from sending to the last byte; `service`: from the actual start, when it
 * had a connection or began to open one, to the last byte; `total`: from the intended start to the
 * last byte; `close`: from the last byte of a connection's last response to the server's end of
 * it. Those of a request that timed out or was cut off are in `service` and `total`, for as long as
 * it waited.
 */
export const PHASES = ["lag", "wait", "connect", "firstByte", "transfer", "service", "total", "close"] as const;
export type Phase = (typeof PHASES)[number];

export interface LoadResult {
  settings: LoadSettings;
  /** When the measurement window began, ISO 8601. */
  startedAt: string;
  /** Length of the window: `seconds`, or the time until the last of `requests` ended. */
  windowSeconds: number;
  /** The rule, in words, by which requests count. */
  rule: string;
  /** Requests whose intended start is in the window: offered = dropped + begun. */
  offered: number;
  /** Never begun, because `backlog` others were waiting for a connection. */
  dropped: number;
  /** begun = completed + failed + cut. */
  begun: number;
  completed: number;
  failed: number;
  /** Under way at the window's end and cut off there, as `ending` asks. */
  cut: number;
  /** Requests that were made once more. */
  retried: number;
  /** Under way from before the window until after it, and counted nowhere else. */
  spanning: number;
  /**
   * By kind. `malformed` also counts connections that brought octets without a request, by which no
   * request failed.
   */
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
  /** Every second from the beginning of the warm-up on. */
  seconds: LoadSecond[];
  generator: GeneratorLoad;
  /** Why the result says more about the generator than about the server; empty if it does not. */
  invalid: string[];
}

/**
 * How busy the generator was in the window. The latencies of a saturated generator measure the
 * generator itself.
 */
export interface GeneratorLoad {
  cpuSeconds: number;
  /**
   * Share of the window, or of 100 ms, in which the event loop worked, and did not only wait for
   * what was due too soon to sleep; of the busiest thread.
   */
  eventLoopUtilisation: number;
  /** An event loop was busy for more than 90 % of the window. */
  saturated: boolean;
  /**
   * How long all threads waited without sleeping, in the whole load, its warm-up too: the kernel
   * counts it as processor time, but it was for nothing.
   */
  spunSeconds: number;
  threads: ThreadLoad[];
}

export interface ThreadLoad {
  cpuSeconds: number;
  eventLoopUtilisation: number;
  spunSeconds: number;
  /** How late the thread's timers were. */
  loopLagP99Millis: number;
  loopLagMaxMillis: number;
}

/** The counts of a second; `inFlight` is as of its end. */
export interface LoadSecond {
  offered: number;
  started: number;
  completed: number;
  /** The times of those completed, from their intended starts, added up. */
  completedMicros: number;
  failed: number;
  dropped: number;
  bodyBytes: number;
  inFlight: number;
}

/** One second of a load, as it goes on. */
export interface LoadProgress extends LoadSecond {
  /** Since the load, and its warm-up, began; 0 before. */
  elapsedSeconds: number;
}

/** The settings of a request. Omitted ones have defaults (settings.ts). */
export type LoadRequest = Partial<LoadSettings>;

/** An endless load for the background. */
export type BackgroundLoad = Omit<LoadRequest, "seconds" | "requests">;
