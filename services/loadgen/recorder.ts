// Folds the events of a load into its result: counts, rates and latency histograms. Pure, except
// for the histograms it fills. Latencies are those of requests begun in the window, however late
// they end, so that slow ones are not cut off; rates are those of what ended, or arrived, inside
// the window, so that the wait for the last one does not dilute them.

import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import {
  FAILURE_KINDS,
  type GeneratorLoad,
  type LatencySummary,
  type LoadResult,
  type LoadSettings,
  type PageOutcome,
  PHASES,
  type Phase,
} from "../../lib/contract/load/load.ts";
import type { Schedule } from "./closed-loop.ts";
import type { LoadEvent, LoadedPage } from "./events.ts";

export interface LoadRecord {
  settings: LoadSettings;
  schedule: Schedule;
  counts: { begun: number; completed: number; failed: number; cut: number; connections: number };
  failures: LoadResult["failures"];
  failureExamples: LoadResult["failureExamples"];
  statuses: LoadResult["statuses"];
  completedInside: number;
  bodyBytesInside: number;
  /** When the latest of the requests begun in the window ended. */
  lastEndMillis: number;
  /** The path's RTT and its origin; null: unknown. */
  rtt: Rtt | null;
  latencies: { [P in Phase]: Latency };
  pages: { [Outcome in PageOutcome]: number } & { objects: number | null; latency: Latency };
}

type Rtt = Pick<NonNullable<LoadResult["roundTrips"]>, "rttMillis" | "source">;

interface Latency {
  histogram: Histogram;
  sumMicros: number;
  minMicros: number;
  maxMicros: number;
}

export function emptyRecord(settings: LoadSettings, schedule: Schedule, rtt: Rtt | null): LoadRecord {
  return {
    settings,
    schedule,
    counts: { begun: 0, completed: 0, failed: 0, cut: 0, connections: 0 },
    failures: Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, 0])) as LoadResult["failures"],
    failureExamples: {},
    statuses: {},
    completedInside: 0,
    bodyBytesInside: 0,
    lastEndMillis: schedule.windowStartMillis,
    rtt,
    latencies: Object.fromEntries(
      PHASES.map((phase) => [phase, emptyLatency(settings.timeoutMillis)]),
    ) as LoadRecord["latencies"],
    pages: { completed: 0, failed: 0, cut: 0, objects: null, latency: emptyLatency(settings.timeoutMillis) },
  };
}

/** Adds one event. */
export function record(into: LoadRecord, event: LoadEvent): void {
  const { windowStartMillis, windowEndMillis } = into.schedule;
  const begunAtMillis = "begunAtMillis" in event ? event.begunAtMillis : event.atMillis;
  const counts = begunAtMillis >= windowStartMillis;
  const inside = event.atMillis >= windowStartMillis && event.atMillis < windowEndMillis;
  switch (event.what) {
    case "begun":
      if (counts) into.counts.begun += 1;
      break;
    case "opened":
      if (!counts) break;
      into.counts.connections += 1;
      addLatency(into.latencies.connect, event.connectMillis);
      break;
    case "body":
      if (inside) into.bodyBytesInside += event.bytes;
      break;
    case "completed":
      if (inside) into.completedInside += 1;
      if (!counts) break;
      into.lastEndMillis = Math.max(into.lastEndMillis, event.atMillis);
      into.counts.completed += 1;
      countStatus(into, event.status);
      addLatency(into.latencies.firstByte, event.firstByteMillis);
      addLatency(into.latencies.transfer, event.transferMillis);
      addLatency(into.latencies.total, event.totalMillis);
      break;
    case "failed":
      if (!counts) break;
      into.lastEndMillis = Math.max(into.lastEndMillis, event.atMillis);
      into.counts.failed += 1;
      into.failures[event.kind] += 1;
      into.failureExamples[event.kind] ??= event.message;
      if (event.status !== null) countStatus(into, event.status);
      break;
    case "cut":
      if (counts) into.counts.cut += 1;
      break;
    case "page":
      if (counts) addPage(into, event);
      break;
  }
}

function addPage({ pages }: LoadRecord, { outcome, objects, begunAtMillis, atMillis }: LoadedPage): void {
  pages[outcome] += 1;
  if (outcome !== "completed") return;
  pages.objects = objects;
  addLatency(pages.latency, atMillis - begunAtMillis);
}

/** The result of a load that has ended. */
export function resultOf(from: LoadRecord, startedAt: string, generator: GeneratorLoad): LoadResult {
  const windowSeconds = from.settings.seconds ?? (from.lastEndMillis - from.schedule.windowStartMillis) / 1000;
  const perSecond = (amount: number) => (windowSeconds > 0 ? amount / windowSeconds : 0);
  const latencies = byPhase((phase) => summarise(from.latencies[phase], from.settings.histograms));
  return {
    settings: from.settings,
    startedAt,
    windowSeconds,
    ...from.counts,
    failures: from.failures,
    failureExamples: from.failureExamples,
    statuses: from.statuses,
    completedPerSecond: perSecond(from.completedInside),
    goodputBitsPerSecond: perSecond(from.bodyBytesInside * 8),
    latencies,
    pages:
      from.settings.page === null
        ? null
        : { ...from.pages, latency: summarise(from.pages.latency, from.settings.histograms) },
    roundTrips: roundTripsOf(from, latencies),
    generator,
  };
}

function roundTripsOf(from: LoadRecord, latencies: LoadResult["latencies"]): LoadResult["roundTrips"] {
  if (from.rtt === null) return null;
  const { rttMillis, source } = from.rtt;
  const medians = byPhase((phase) => {
    const { p50Micros } = latencies[phase];
    return p50Micros === null ? null : p50Micros / 1000 / rttMillis;
  });
  return { rttMillis, source, medians };
}

function summarise({ histogram, sumMicros, minMicros, maxMicros }: Latency, whole: boolean): LatencySummary {
  const count = histogram.totalCount;
  const of = (value: number) => (count === 0 ? null : value);
  // A quantile is the upper end of its bucket, and never above the maximum. If no sample lies
  // beyond it, it would be the maximum.
  const quantile = (percent: number, least: number) =>
    count < least ? null : Math.min(histogram.getValueAtPercentile(percent), maxMicros);
  return {
    count,
    minMicros: of(minMicros),
    meanMicros: of(sumMicros / count),
    p50Micros: quantile(50, 1),
    p90Micros: quantile(90, 10),
    p99Micros: quantile(99, 100),
    p999Micros: quantile(99.9, 1000),
    maxMicros: of(maxMicros),
    ...(whole ? { histogram: encodeIntoCompressedBase64(histogram) } : {}),
  };
}

function emptyLatency(timeoutMillis: number): Latency {
  // A busy event loop may deliver a response a little after its time-out; twice the time-out still
  // holds it.
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: timeoutMillis * 2000,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
  });
  return { histogram, sumMicros: 0, minMicros: Number.POSITIVE_INFINITY, maxMicros: 0 };
}

function addLatency(latency: Latency, millis: number): void {
  const micros = Math.round(millis * 1000);
  latency.histogram.recordValue(micros);
  latency.sumMicros += micros;
  latency.minMicros = Math.min(latency.minMicros, micros);
  latency.maxMicros = Math.max(latency.maxMicros, micros);
}

function countStatus(into: LoadRecord, status: number): void {
  into.statuses[status] = (into.statuses[status] ?? 0) + 1;
}

function byPhase<Value>(make: (phase: Phase) => Value): { [P in Phase]: Value } {
  return Object.fromEntries(PHASES.map((phase) => [phase, make(phase)])) as { [P in Phase]: Value };
}
