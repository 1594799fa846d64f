// Folds what happens in a load into its result: counts, rates, seconds and latency histograms.
// Latencies are those of requests whose intended start is in the window, however late they end, so
// that slow ones are not cut off; rates are those of what ended, or arrived, inside the window, so
// that the wait for the last one does not dilute them.

import { addLatency, type LatencyCounts, latencyOf, microsOf, summarise } from "../../lib/contract/load/latency.ts";
import type {
  FailureKind,
  GeneratorLoad,
  LoadResult,
  LoadSecond,
  LoadSettings,
  PageOutcome,
} from "../../lib/contract/load/load.ts";
import { byPhase, roundTripsOf } from "../../lib/contract/load/merge.ts";
import { type BucketCounts, type Counters, countLatency } from "./counters.ts";
import type { Exchange } from "./exchange.ts";
import { addStatus, type Begun, emptySecond, nothingBegun, nothingPassed, type Passed } from "./tally.ts";
import { ruleOf, type Window } from "./window.ts";

type Rtt = Pick<NonNullable<LoadResult["roundTrips"]>, "rttMillis" | "source">;

/** The record of a load, or of a thread's part of it. */
export class Recorder {
  readonly #settings: LoadSettings;
  readonly #window: Window;
  readonly #counters: Counters;
  /** Of what does not count, and of what does. */
  readonly #begun: readonly [Begun, Begun];
  readonly #passed: readonly [Passed, Passed] = [nothingPassed(), nothingPassed()];
  readonly #seconds: LoadSecond[] = [emptySecond()];
  #second = this.#seconds[0] as LoadSecond;
  #secondEndMillis: number;
  #inFlight = 0;
  readonly #spanning = { requests: 0, pages: 0 };

  constructor(settings: LoadSettings, window: Window, counters: Counters) {
    this.#settings = settings;
    this.#window = window;
    this.#counters = counters;
    this.#begun = [nothingBegun(), nothingBegun()];
    this.#secondEndMillis = window.beginMillis + 1000;
  }

  /** A request should begin, or should have. */
  offered(intendedMillis: number, nowMillis: number): void {
    this.#at(nowMillis).offered += 1;
    this.#counters.offered += 1;
    this.#of(intendedMillis).counts.offered += 1;
  }

  /** There was no room for it. */
  dropped(intendedMillis: number, nowMillis: number): void {
    this.#at(nowMillis).dropped += 1;
    this.#counters.dropped += 1;
    this.#of(intendedMillis).counts.dropped += 1;
  }

  /** It has, or waits for, a connection. */
  begun(intendedMillis: number): void {
    this.#inFlight += 1;
    this.#counters.inFlight += 1;
    this.#of(intendedMillis).counts.begun += 1;
  }

  /** It has a connection, or one is being opened for it. */
  started(exchange: Exchange): void {
    const { intendedMillis, attendedMillis, startedMillis } = exchange;
    this.#at(startedMillis).started += 1;
    this.#counters.started += 1;
    const { latencies } = this.#of(intendedMillis);
    add(this.#counters.latencies.lag, latencies.lag, attendedMillis - intendedMillis);
    add(this.#counters.latencies.wait, latencies.wait, startedMillis - attendedMillis);
  }

  opened(intendedMillis: number, connectMillis: number): void {
    this.#counters.connections += 1;
    const { latencies, counts } = this.#of(intendedMillis);
    add(this.#counters.latencies.connect, latencies.connect, connectMillis);
    counts.connections += 1;
  }

  closed(intendedMillis: number, closeMillis: number): void {
    add(this.#counters.latencies.close, this.#of(intendedMillis).latencies.close, closeMillis);
  }

  received(bytes: number, nowMillis: number): void {
    this.#at(nowMillis).bodyBytes += bytes;
    this.#counters.bodyBytes += bytes;
    this.#during(nowMillis).bodyBytes += bytes;
  }

  completed(exchange: Exchange, nowMillis: number): void {
    const { intendedMillis, startedMillis, sentMillis, firstByteMillis, status } = exchange;
    this.#ended(intendedMillis, nowMillis);
    const second = this.#at(nowMillis);
    second.completed += 1;
    second.completedMicros += microsOf(nowMillis - intendedMillis);
    this.#counters.completed += 1;
    this.#during(nowMillis).completed += 1;
    const begun = this.#of(intendedMillis);
    const { latencies } = begun;
    add(this.#counters.latencies.firstByte, latencies.firstByte, firstByteMillis - sentMillis);
    add(this.#counters.latencies.transfer, latencies.transfer, nowMillis - sentMillis);
    add(this.#counters.latencies.service, latencies.service, nowMillis - startedMillis);
    add(this.#counters.latencies.total, latencies.total, nowMillis - intendedMillis);
    begun.lastEndMillis = Math.max(begun.lastEndMillis, nowMillis);
    begun.counts.completed += 1;
    addStatus(begun, status);
  }

  /** `status` is that of a whole response that was not accepted; 0: there was none. */
  failed(exchange: Exchange, kind: FailureKind, message: string, status: number, nowMillis: number): void {
    this.#ended(exchange.intendedMillis, nowMillis);
    this.#at(nowMillis).failed += 1;
    this.#counters.failed[kind] += 1;
    if (kind === "timeout") this.#waited(exchange, nowMillis);
    const begun = this.#of(exchange.intendedMillis);
    begun.lastEndMillis = Math.max(begun.lastEndMillis, nowMillis);
    begun.counts.failed += 1;
    begun.failures[kind] += 1;
    begun.failureExamples[kind] ??= message;
    addStatus(begun, status);
  }

  /** A server's fault that is no request's: it is counted by the time at which it shows. */
  unasked(message: string, nowMillis: number): void {
    this.#counters.failed.malformed += 1;
    const begun = this.#of(nowMillis);
    begun.failures.malformed += 1;
    begun.failureExamples.malformed ??= message;
  }

  cut(exchange: Exchange, nowMillis: number): void {
    this.#ended(exchange.intendedMillis, nowMillis);
    this.#waited(exchange, nowMillis);
    this.#of(exchange.intendedMillis).counts.cut += 1;
  }

  retried(intendedMillis: number): void {
    this.#of(intendedMillis).counts.retried += 1;
  }

  page(intendedMillis: number, nowMillis: number, outcome: PageOutcome, objects: number): void {
    this.#counters.pages[outcome] += 1;
    const { pages } = this.#of(intendedMillis);
    pages[outcome] += 1;
    this.#spanning.pages += this.#spansWindow(intendedMillis, nowMillis);
    if (outcome === "failed") return;
    if (outcome === "completed") pages.objects = objects;
    addLatency(pages.latency, microsOf(nowMillis - intendedMillis));
  }

  /** The second that is over at `nowMillis`, or nearly. */
  latestSecond(nowMillis: number): LoadSecond {
    this.#at(nowMillis);
    return this.#seconds.at(-2) ?? this.#second;
  }

  /** The result of a load that has ended. */
  result(startedAt: string, rtt: Rtt | null, generator: GeneratorLoad): Omit<LoadResult, "invalid"> {
    const { histograms, seconds } = this.#settings;
    const [, { counts, pages: allPages, lastEndMillis, statuses, ...counted }] = this.#begun;
    const [, inside] = this.#passed;
    const windowSeconds = seconds ?? Math.max(0, lastEndMillis - this.#window.startMillis) / 1000;
    const perSecond = (amount: number) => (windowSeconds > 0 ? amount / windowSeconds : 0);
    const latencies = byPhase((phase) => summarise(latencyOf(counted.latencies[phase]), histograms));
    const latency = summarise(latencyOf(allPages.latency), histograms);
    const pages = { ...allPages, spanning: this.#spanning.pages, latency };
    return {
      settings: this.#settings,
      startedAt,
      windowSeconds,
      rule: ruleOf(this.#settings),
      ...counts,
      spanning: this.#spanning.requests,
      failures: counted.failures,
      failureExamples: counted.failureExamples,
      statuses: Object.fromEntries([...statuses.entries()].filter(([, count]) => count > 0)),
      completedPerSecond: perSecond(inside.completed),
      goodputBitsPerSecond: perSecond(inside.bodyBytes * 8),
      latencies,
      pages: this.#settings.page === null ? null : pages,
      roundTrips: roundTripsOf(rtt, latencies),
      seconds: this.#seconds,
      generator,
    };
  }

  /** As long as it waited, at least: leaving it out would make a stalled server look quick. */
  #waited({ intendedMillis, startedMillis }: Exchange, nowMillis: number): void {
    const { latencies } = this.#of(intendedMillis);
    add(this.#counters.latencies.total, latencies.total, nowMillis - intendedMillis);
    if (!Number.isNaN(startedMillis))
      add(this.#counters.latencies.service, latencies.service, nowMillis - startedMillis);
  }

  #ended(intendedMillis: number, nowMillis: number): void {
    this.#inFlight -= 1;
    this.#counters.inFlight -= 1;
    this.#spanning.requests += this.#spansWindow(intendedMillis, nowMillis);
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

  #of(intendedMillis: number): Begun {
    return this.#begun[this.#isInWindow(intendedMillis)] as Begun;
  }

  #during(nowMillis: number): Passed {
    return this.#passed[this.#isInWindow(nowMillis)] as Passed;
  }

  /** 1 or 0, without a branch that a warm-up would leave untaken. */
  #isInWindow(millis: number): number {
    return Number(millis >= this.#window.startMillis) * Number(millis < this.#window.endMillis);
  }

  #spansWindow(fromMillis: number, toMillis: number): number {
    return Number(fromMillis < this.#window.startMillis) * Number(toMillis >= this.#window.endMillis);
  }
}

function add(all: BucketCounts, latency: LatencyCounts, millis: number): void {
  const micros = microsOf(millis);
  countLatency(all, micros);
  addLatency(latency, micros);
}
