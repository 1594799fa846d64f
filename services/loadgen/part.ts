// A load, or a thread's part of one, from its beginning to its result, in this thread.

import type { LoadResult, LoadSettings } from "../../lib/contract/load/load.ts";
import { generatorOf } from "../../lib/contract/load/merge.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Destination, Dialler } from "../../lib/sockets/dial.ts";
import { openDialler } from "../../lib/sockets/kinds.ts";
import { askingOf } from "./asked.ts";
import { runClosedLoad } from "./closed-load.ts";
import type { Counters } from "./counters.ts";
import { runOpenLoad } from "./open-load.ts";
import { Recorder } from "./recorder.ts";
import { Traffic } from "./traffic.ts";
import { invalidReasons } from "./validity.ts";
import { watchThread } from "./watch-thread.ts";
import { windowOf } from "./window.ts";

/**
 * Until a load begins that may begin at once: what it still needs is made by then, and its first
 * requests are not late for that.
 */
const MAKING_MILLIS = 20;

/** How long connections that were left may take to close after the last request. */
const LINGER_MILLIS = 1000;

export interface Part {
  settings: LoadSettings;
  destination: Destination;
  /**
   * Called when all is ready. Returns when to begin, in milliseconds of performance.now(); null: at
   * once.
   */
  begin(): Promise<number | null> | number | null;
  rtt: Pick<NonNullable<LoadResult["roundTrips"]>, "rttMillis" | "source"> | null;
  /** Filled while it runs. */
  counters: Counters;
}

export interface RunningPart {
  /** When it begins, or began, in milliseconds of performance.now(). */
  beginMillis: number;
  result: Promise<LoadResult>;
  recorder: Recorder;
  /** Begins no more requests; those under way may finish. */
  cease(): void;
  /** Breaks everything off: the result rejects with E_CANCELLED. */
  cancel(): void;
}

export async function startPart(part: Part): Promise<RunningPart> {
  const { settings, destination, counters } = part;
  const dialler = await openDialler();
  const asking = askingOf(settings, dialler.message); // a second of work for messages of many MiB
  const instantMillis = await part.begin();
  const window = windowOf(settings, instantMillis ?? performance.now() + MAKING_MILLIS);
  const recorder = new Recorder(settings, window, counters);
  const traffic = new Traffic(settings, window, dialler, destination, recorder, asking);
  let isCancelled = false;
  const result = run(part, traffic, instantMillis !== null, dialler).then((result) => {
    if (isCancelled) throw new RttlabError("E_CANCELLED", "running a load: cancelled before its end");
    return result;
  });
  return {
    beginMillis: window.beginMillis,
    result,
    recorder,
    cease: () => traffic.cease(),
    cancel() {
      isCancelled = true;
      traffic.cut();
    },
  };
}

/** `hasInstant`: whether it should begin at a given one, for which it may be late. */
async function run({ settings, rtt }: Part, traffic: Traffic, hasInstant: boolean, dialler: Dialler) {
  const { window } = traffic;
  const startedAt = new Date(Date.now() + window.startMillis - performance.now()).toISOString();
  await beginning(traffic);
  const lateMillis = hasInstant ? traffic.now() - window.startMillis : 0;
  const usage = watchThread(window, dialler);
  // Node's timers cut fractions off, and what ends early has not waited through the window.
  const end = dialler.alarm(() => traffic.cut());
  if (settings.ending === "cut") end.set(window.ceaseMillis);
  try {
    await (settings.rate === null ? runClosedLoad(traffic) : runOpenLoad(traffic));
    const generator = generatorOf([usage.stop()]);
    await closings(traffic);
    const result = traffic.recorder.result(startedAt, rtt, generator);
    return { ...result, invalid: invalidReasons(result, lateMillis) };
  } finally {
    end.clear();
    usage.stop();
    for (const connection of [...traffic.connections]) connection.fail("other", "the load is over");
    dialler.close();
  }
}

/** Waits until the load begins, or is cancelled. */
async function beginning(traffic: Traffic): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  traffic.timetable.at(traffic.window.beginMillis, () => resolve());
  traffic.onOver = resolve;
  await promise;
}

/** Waits until the connections are closed, for a while. */
async function closings(traffic: Traffic): Promise<void> {
  if (traffic.settings.leaving === "server" || traffic.connections.size === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, traffic.settings.lingerMillis + LINGER_MILLIS);
  traffic.onGone = () => {
    if (traffic.connections.size === 0) resolve();
  };
  await promise;
  clearTimeout(timer);
}
