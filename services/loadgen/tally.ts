// The counts of a load's record, before anything is in them.

import { emptyLatency, type LatencyCounts } from "../../lib/contract/load/latency.ts";
import { FAILURE_KINDS, type LoadResult, type LoadSecond, type Phase } from "../../lib/contract/load/load.ts";
import { byPhase } from "../../lib/contract/load/merge.ts";

/** The record of requests, by their intended start. */
export interface Begun {
  counts: ReturnType<typeof noCounts>;
  failures: LoadResult["failures"];
  failureExamples: LoadResult["failureExamples"];
  /** By status. */
  statuses: Uint32Array;
  pages: { completed: number; failed: number; cut: number; objects: number | null; latency: LatencyCounts };
  latencies: Record<Phase, LatencyCounts>;
  /** When the latest of them ended. */
  lastEndMillis: number;
}

/** The record of a time, whenever its requests began. */
export interface Passed {
  completed: number;
  bodyBytes: number;
}

/** A status has three digits. */
const STATUSES = 1000;

export function nothingBegun(): Begun {
  return {
    counts: noCounts(),
    failures: Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, 0])) as Begun["failures"],
    failureExamples: {},
    statuses: new Uint32Array(STATUSES),
    pages: { completed: 0, failed: 0, cut: 0, objects: null, latency: emptyLatency() },
    latencies: byPhase(() => emptyLatency()),
    lastEndMillis: Number.NEGATIVE_INFINITY,
  };
}

/** A literal: objects that are made of entries have each a shape of their own. */
function noCounts() {
  return { offered: 0, dropped: 0, begun: 0, completed: 0, failed: 0, cut: 0, retried: 0, connections: 0 };
}

export function nothingPassed(): Passed {
  return { completed: 0, bodyBytes: 0 };
}

export function addStatus({ statuses }: Begun, status: number): void {
  if (status > 0) statuses[status] = (statuses[status] as number) + 1;
}

export function emptySecond(): LoadSecond {
  return {
    offered: 0,
    started: 0,
    completed: 0,
    completedMicros: 0,
    failed: 0,
    dropped: 0,
    bodyBytes: 0,
    inFlight: 0,
  };
}
