// Folds what happens in a load into its result: counts, rates, seconds and latency histograms.
// Latencies are those of requests whose intended start is in the window, however late they end, so
// that slow ones are not cut off; rates are those of what ended, or arrived, inside the window, so
// that the wait for the last one does not dilute them.

import {
  addLatency,
  emptyLatency,
  type LatencyCounts,
  latencyOf,
  microsOf,
  summarise,
} from "../../lib/contract/load/latency.ts";
import {
  FAILURE_KINDS,
  type FailureKind,
  type GeneratorLoad,
  type LoadResult,
  type LoadSecond,
  type LoadSettings,
  type PageOutcome,
} from "../../lib/contract/load/load.ts";
import { byPhase, roundTripsOf } from "../../lib/contract/load/merge.ts";
import { type BucketCounts, type Counters, countLatency } from "./counters.ts";
import type { Exchange } from "./exchange.ts";
import type { Window } from "./window.ts";

type Rtt = Pick<NonNullable<LoadResult["roundTrips"]>, "rttMillis" | "source">;

/** Where the latencies of a phase are counted: all of them, and those of the window. */
interface Track {
  all: BucketCounts;
  counted: LatencyCounts;
}

/** The record of a load, or of a thread's part of it. */
export class Recorder {
  readonly #settings: LoadSettings;
  readonly #window: Window;
  readonly #counters: Counters;
  readonly #tracks: Record<keyof LoadResult["latencies"], Track>;
  readonly #counts = { offered: 0, dropped: 0, begun: 0, completed: 0, failed: 0, cut: 0, retried: 0, connections: 0 };
  readonly #failures = Object.fromEntries(FAILURE_KINDS.map((kind) => [kind, 0])) as LoadResult["failures"];
  readonly #failureExamples: LoadResult["failureExamples"] = {};
  readonly #statuses: LoadResult["statuses"] = {};
  readonly #pages = { completed: 0, failed: 0, cut: 0, objects: null as number | null, latency: emptyLatency() };
  readonly #seconds: LoadSecond[] = [emptySecond()];
  #second = this.#seconds[0] as LoadSecond;
  #secondEndMillis: number;
  #inFlight = 0;
  #completedInside = 0;
  #bodyBytesInside = 0;
  /** When the latest of the requests begun in the window ended. */
  #lastEndMillis: number;

  constructor(settings: LoadSettings, window: Window, counters: Counters) {
    this.#settings = settings;
    this.#window = window;
    this.#counters = counters;
    this.#tracks = byPhase((phase) => ({ all: counters.latencies[phase], counted: emptyLatency() }));
    this.#lastEndMillis = window.startMillis;
    this.#secondEndMillis = window.beginMillis + 1000;
  }

  /** A request should begin, or should have. */
  offered(intendedMillis: number, nowMillis: number): void {
    this.#at(nowMillis).offered += 1;
    this.#counters.offered += 1;
    if (this.#isCounted(intendedMillis)) this.#counts.offered += 1;
  }

  /** There was no room for it. */
  dropped(intendedMillis: number, nowMillis: number): void {
    this.#at(nowMillis).dropped += 1;
    this.#counters.dropped += 1;
    if (this.#isCounted(intendedMillis)) this.#counts.dropped += 1;
  }

  /** It has, or waits for, a connection. */
  begun(intendedMillis: number): void {
    this.#inFlight += 1;
    this.#counters.inFlight += 1;
    if (this.#isCounted(intendedMillis)) this.#counts.begun += 1;
  }

  /** It has a connection, or one is being opened for it. */
  started(exchange: Exchange): void {
    const { intendedMillis, attendedMillis, startedMillis } = exchange;
    this.#at(startedMillis).started += 1;
    this.#counters.started += 1;
    const isCounted = this.#isCounted(intendedMillis);
    add(this.#tracks.lag, attendedMillis - intendedMillis, isCounted);
    add(this.#tracks.wait, startedMillis - attendedMillis, isCounted);
  }

  opened(intendedMillis: number, connectMillis: number): void {
    this.#counters.connections += 1;
    const isCounted = this.#isCounted(intendedMillis);
    add(this.#tracks.connect, connectMillis, isCounted);
    if (isCounted) this.#counts.connections += 1;
  }

  closed(intendedMillis: number, closeMillis: number): void {
    add(this.#tracks.close, closeMillis, this.#isCounted(intendedMillis));
  }

  received(bytes: number, nowMillis: number): void {
    this.#at(nowMillis).bodyBytes += bytes;
    this.#counters.bodyBytes += bytes;
    if (this.#isInside(nowMillis)) this.#bodyBytesInside += bytes;
  }

  completed(exchange: Exchange, nowMillis: number): void {
    const { intendedMillis, startedMillis, sentMillis, firstByteMillis, status } = exchange;
    this.#ended(nowMillis);
    const second = this.#at(nowMillis);
    second.completed += 1;
    second.completedMicros += microsOf(nowMillis - intendedMillis);
    this.#counters.completed += 1;
    if (this.#isInside(nowMillis)) this.#completedInside += 1;
    const isCounted = this.#isCounted(intendedMillis);
    add(this.#tracks.firstByte, firstByteMillis - sentMillis, isCounted);
    add(this.#tracks.transfer, nowMillis - sentMillis, isCounted);
    add(this.#tracks.service, nowMillis - startedMillis, isCounted);
    add(this.#tracks.total, nowMillis - intendedMillis, isCounted);
    if (!isCounted) return;
    this.#lastEndMillis = Math.max(this.#lastEndMillis, nowMillis);
    this.#counts.completed += 1;
    if (status > 0) this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  /** `status` is that of a whole response that was not accepted; 0: there was none. */
  failed(exchange: Exchange, kind: FailureKind, message: string, status: number, nowMillis: number): void {
    const { intendedMillis } = exchange;
    this.#ended(nowMillis);
    this.#at(nowMillis).failed += 1;
    this.#counters.failed[kind] += 1;
    const isCounted = this.#isCounted(intendedMillis);
    if (kind === "timeout") this.#waited(exchange, nowMillis);
    if (!isCounted) return;
    this.#lastEndMillis = Math.max(this.#lastEndMillis, nowMillis);
    this.#counts.failed += 1;
    this.#failures[kind] += 1;
    this.#failureExamples[kind] ??= message;
    if (status > 0) this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  cut(exchange: Exchange, nowMillis: number): void {
    this.#ended(nowMillis);
    this.#waited(exchange, nowMillis);
    if (this.#isCounted(exchange.intendedMillis)) this.#counts.cut += 1;
  }

  retried(intendedMillis: number): void {
    if (this.#isCounted(intendedMillis)) this.#counts.retried += 1;
  }

  page(intendedMillis: number, nowMillis: number, outcome: PageOutcome, objects: number): void {
    this.#counters.pages[outcome] += 1;
    if (!this.#isCounted(intendedMillis)) return;
    this.#pages[outcome] += 1;
    if (outcome === "failed") return;
    if (outcome === "completed") this.#pages.objects = objects;
    addLatency(this.#pages.latency, microsOf(nowMillis - intendedMillis));
  }

  /** The second that is over at `nowMillis`, or nearly. */
  latestSecond(nowMillis: number): LoadSecond {
    this.#at(nowMillis);
    return this.#seconds.at(-2) ?? this.#second;
  }

  /** The result of a load that has ended. */
  result(startedAt: string, rtt: Rtt | null, generator: GeneratorLoad, invalid: string[]): LoadResult {
    const { histograms, seconds } = this.#settings;
    const windowSeconds = seconds ?? (this.#lastEndMillis - this.#window.startMillis) / 1000;
    const perSecond = (amount: number) => (windowSeconds > 0 ? amount / windowSeconds : 0);
    const latencies = byPhase((phase) => summarise(latencyOf(this.#tracks[phase].counted), histograms));
    const { latency, ...pages } = this.#pages;
    return {
      settings: this.#settings,
      startedAt,
      windowSeconds,
      rule: ruleOf(this.#settings),
      ...this.#counts,
      failures: this.#failures,
      failureExamples: this.#failureExamples,
      statuses: this.#statuses,
      completedPerSecond: perSecond(this.#completedInside),
      goodputBitsPerSecond: perSecond(this.#bodyBytesInside * 8),
      latencies,
      pages: this.#settings.page === null ? null : { ...pages, latency: summarise(latencyOf(latency), histograms) },
      roundTrips: roundTripsOf(rtt, latencies),
      seconds: this.#seconds,
      generator,
      invalid,
    };
  }

  /** As long as it waited, at least: leaving it out would make a stalled server look quick. */
  #waited({ intendedMillis, startedMillis }: Exchange, nowMillis: number): void {
    const isCounted = this.#isCounted(intendedMillis);
    add(this.#tracks.total, nowMillis - intendedMillis, isCounted);
    if (!Number.isNaN(startedMillis)) add(this.#tracks.service, nowMillis - startedMillis, isCounted);
  }

  #ended(nowMillis: number): void {
    this.#inFlight -= 1;
    this.#counters.inFlight -= 1;
    this.#at(nowMillis);
  }

  /** The second of that time; those between are empty. */
  #at(nowMillis: number): LoadSecond {
    while (nowMillis >= this.#secondEndMillis) {
      this.#second.inFlight = this.#inFlight;
      this.#second = emptySecond();
      this.#seconds.push(this.#second);
      this.#secondEndMillis += 1000;
    }
    return this.#second;
  }

  #isCounted(intendedMillis: number): boolean {
    return intendedMillis >= this.#window.startMillis && intendedMillis < this.#window.endMillis;
  }

  #isInside(nowMillis: number): boolean {
    return nowMillis >= this.#window.startMillis && nowMillis < this.#window.endMillis;
  }
}

function add({ all, counted }: Track, millis: number, isCounted: boolean): void {
  const micros = microsOf(millis);
  countLatency(all, micros);
  if (isCounted) addLatency(counted, micros);
}

function emptySecond(): LoadSecond {
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

function ruleOf({ warmupSeconds, cooldownSeconds, seconds, requests }: LoadSettings): string {
  const before = warmupSeconds === 0 ? "" : ` after a warm-up of ${warmupSeconds} s`;
  const until = seconds === null ? `the first ${requests}` : `those of ${seconds} s`;
  const after = cooldownSeconds === 0 ? "" : `; ${cooldownSeconds} s of load follow uncounted`;
  return `requests by their intended start: ${until}${before}, however late they end${after}`;
}
