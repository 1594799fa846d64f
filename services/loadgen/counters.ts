// Counts of everything since a load began, warm-ups included, for metrics. Plain data, so that a
// thread can send them.

import {
  FAILURE_KINDS,
  type FailureKind,
  PAGE_OUTCOMES,
  type PageOutcome,
  PHASES,
  type Phase,
} from "../../lib/contract/load/load.ts";
import { byPhase } from "../../lib/contract/load/merge.ts";

/** From a LAN's tenth of a millisecond to the usual time-out, about three buckets per decade. */
export const BUCKETS_SECONDS = [
  ...[0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
];
const BUCKETS_MICROS = BUCKETS_SECONDS.map((seconds) => Math.round(seconds * 1e6));

/** The buckets of short latencies, by tenths of a millisecond: their bounds are multiples of it. */
const TENTH_MICROS = 100;
const SHORT_MICROS = 10_000;
const SHORT_BUCKETS = Uint8Array.from({ length: SHORT_MICROS / TENTH_MICROS + 1 }, (_, tenths) =>
  BUCKETS_MICROS.findIndex((bound) => tenths * TENTH_MICROS <= bound),
);

export interface Counters {
  offered: number;
  started: number;
  completed: number;
  dropped: number;
  connections: number;
  bodyBytes: number;
  inFlight: number;
  failed: Record<FailureKind, number>;
  pages: Record<PageOutcome, number>;
  latencies: Record<Phase, BucketCounts>;
}

export interface BucketCounts {
  /** One more than there are bounds: the last is of what lies above all of them. */
  counts: number[];
  sumSeconds: number;
}

export function emptyCounters(): Counters {
  return {
    offered: 0,
    started: 0,
    completed: 0,
    dropped: 0,
    connections: 0,
    bodyBytes: 0,
    inFlight: 0,
    failed: Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, 0])) as Counters["failed"],
    pages: Object.fromEntries(PAGE_OUTCOMES.map((outcome) => [outcome, 0])) as Counters["pages"],
    latencies: byPhase(() => ({ counts: new Array<number>(BUCKETS_SECONDS.length + 1).fill(0), sumSeconds: 0 })),
  };
}

export function countLatency(latency: BucketCounts, micros: number): void {
  const bucket = bucketOf(micros);
  latency.counts[bucket] = (latency.counts[bucket] as number) + 1;
  latency.sumSeconds += micros / 1e6;
}

function bucketOf(micros: number): number {
  if (micros <= SHORT_MICROS) return SHORT_BUCKETS[Math.ceil(micros / TENTH_MICROS)] as number;
  let bucket = SHORT_BUCKETS.at(-1) as number;
  while (bucket < BUCKETS_MICROS.length && micros > (BUCKETS_MICROS[bucket] as number)) bucket++;
  return bucket;
}

/** Adds all of `more` to `into`. */
export function addCounters(into: Counters, more: Counters): void {
  for (const name of PLAIN) into[name] += more[name];
  for (const kind of FAILURE_KINDS) into.failed[kind] += more.failed[kind];
  for (const outcome of PAGE_OUTCOMES) into.pages[outcome] += more.pages[outcome];
  for (const phase of PHASES) {
    const [to, from] = [into.latencies[phase], more.latencies[phase]];
    to.sumSeconds += from.sumSeconds;
    for (const [index, count] of from.counts.entries()) to.counts[index] = (to.counts[index] ?? 0) + count;
  }
}

const PLAIN = ["offered", "started", "completed", "dropped", "connections", "bodyBytes", "inFlight"] as const;
