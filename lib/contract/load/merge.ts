// One result of the results of several generators, or threads, that made one load together, each
// its share. Their histograms are added; quantiles are never averaged.

import { type LatencySummary, summarise, togetherOf } from "./latency.ts";
import {
  FAILURE_KINDS,
  type FailureKind,
  type GeneratorLoad,
  type LoadResult,
  type LoadSecond,
  type LoadSettings,
  PAGE_OUTCOMES,
  PHASES,
  type Phase,
  type ThreadLoad,
} from "./load.ts";

/** `settings` are those of the whole load. The results need histograms. */
export function mergeResults(settings: LoadSettings, results: readonly LoadResult[]): LoadResult {
  const [first] = results as [LoadResult, ...LoadResult[]];
  const sum = (of: (result: LoadResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const windowSeconds = Math.max(...results.map((result) => result.windowSeconds));
  const perSecond = (of: (result: LoadResult) => number) =>
    windowSeconds > 0 ? sum((result) => of(result) * result.windowSeconds) / windowSeconds : 0;
  const together = (of: (result: LoadResult) => LatencySummary | undefined) =>
    summarise(togetherOf(results.flatMap((result) => of(result) ?? [])), settings.histograms);
  const latencies = byPhase((phase) => together((result) => result.latencies[phase]));
  return {
    settings,
    startedAt: first.startedAt,
    windowSeconds,
    rule: first.rule,
    offered: sum(({ offered }) => offered),
    dropped: sum(({ dropped }) => dropped),
    begun: sum(({ begun }) => begun),
    completed: sum(({ completed }) => completed),
    failed: sum(({ failed }) => failed),
    cut: sum(({ cut }) => cut),
    retried: sum(({ retried }) => retried),
    spanning: sum(({ spanning }) => spanning),
    failures: Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, sum(({ failures }) => failures[kind])])) as Record<
      FailureKind,
      number
    >,
    failureExamples: Object.assign({}, ...results.map(({ failureExamples }) => failureExamples).toReversed()),
    statuses: sumOfCounts(results.map(({ statuses }) => statuses)),
    connections: sum(({ connections }) => connections),
    completedPerSecond: perSecond(({ completedPerSecond }) => completedPerSecond),
    goodputBitsPerSecond: perSecond(({ goodputBitsPerSecond }) => goodputBitsPerSecond),
    latencies,
    pages: pagesOf(results, together),
    roundTrips: roundTripsOf(first.roundTrips, latencies),
    seconds: secondsOf(results),
    generator: generatorOf(results.flatMap(({ generator }) => generator.threads)),
    invalid: [...new Set(results.flatMap(({ invalid }) => invalid))],
  };
}

/** A generator of these threads is as busy as its busiest one. */
export function generatorOf(threads: GeneratorLoad["threads"]): GeneratorLoad {
  const busiest = Math.max(...threads.map(({ eventLoopUtilisation }) => eventLoopUtilisation));
  const sum = (of: (thread: ThreadLoad) => number) => threads.reduce((total, thread) => total + of(thread), 0);
  return {
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    eventLoopUtilisation: busiest,
    saturated: busiest > SATURATED_UTILISATION,
    spunSeconds: sum(({ spunSeconds }) => spunSeconds),
    threads,
  };
}

/** A thread that was busy for more than this share of the window measures itself. */
export const SATURATED_UTILISATION = 0.9;

/** Medians in round trips of the given path. */
export function roundTripsOf(
  rtt: Pick<NonNullable<LoadResult["roundTrips"]>, "rttMillis" | "source"> | null,
  latencies: LoadResult["latencies"],
): LoadResult["roundTrips"] {
  if (rtt === null) return null;
  const { rttMillis, source } = rtt;
  const medians = byPhase((phase) => {
    const { p50Micros } = latencies[phase];
    return p50Micros === null ? null : p50Micros / 1000 / rttMillis;
  });
  return { rttMillis, source, medians };
}

export function byPhase<Value>(make: (phase: Phase) => Value): { [P in Phase]: Value } {
  return Object.fromEntries(PHASES.map((phase) => [phase, make(phase)])) as { [P in Phase]: Value };
}

function pagesOf(
  results: readonly LoadResult[],
  together: (of: (result: LoadResult) => LatencySummary | undefined) => LatencySummary,
): LoadResult["pages"] {
  const pages = results.flatMap((result) => result.pages ?? []);
  if (pages.length === 0) return null;
  const counts = PAGE_OUTCOMES.map((outcome) => [outcome, pages.reduce((total, page) => total + page[outcome], 0)]);
  return {
    ...(Object.fromEntries(counts) as Record<(typeof PAGE_OUTCOMES)[number], number>),
    spanning: pages.reduce((total, { spanning }) => total + spanning, 0),
    objects: pages.findLast(({ objects }) => objects !== null)?.objects ?? null,
    latency: together((result) => result.pages?.latency),
  };
}

function secondsOf(results: readonly LoadResult[]): LoadSecond[] {
  const length = Math.max(...results.map(({ seconds }) => seconds.length));
  return Array.from({ length }, (_, index) => addSeconds(results.flatMap(({ seconds }) => seconds[index] ?? [])));
}

/** The counts of a second at several generators. */
export function addSeconds(seconds: readonly LoadSecond[]): LoadSecond {
  const sum = (name: keyof LoadSecond) => seconds.reduce((total, second) => total + second[name], 0);
  return {
    offered: sum("offered"),
    started: sum("started"),
    completed: sum("completed"),
    completedMicros: sum("completedMicros"),
    failed: sum("failed"),
    dropped: sum("dropped"),
    bodyBytes: sum("bodyBytes"),
    inFlight: sum("inFlight"),
  };
}

function sumOfCounts(all: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
