// A load, or a thread's part of one, from its beginning to its result, in this thread.

import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { LoadResult, LoadSettings, ThreadLoad } from "../../lib/contract/load/load.ts";
import { generatorOf } from "../../lib/contract/load/merge.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Destination, Dialler } from "../../lib/sockets/dial.ts";
import { openDialler } from "../../lib/sockets/kinds.ts";
import { runClosedLoad } from "./closed-load.ts";
import type { Counters } from "./counters.ts";
import { runOpenLoad } from "./open-load.ts";
import { Recorder } from "./recorder.ts";
import { Traffic } from "./traffic.ts";
import { invalidReasons } from "./validity.ts";
import { type Window, windowOf } from "./window.ts";

/**
 * A shorter window says nothing of how busy an event loop is: that of one request is all work.
 */
const LEAST_WINDOW_MILLIS = 100;

/** How long connections that were left may take to close after the last request. */
const LINGER_MILLIS = 1000;

export interface Part {
  settings: LoadSettings;
  destination: Destination;
  /** When it begins, in milliseconds of performance.now(); null: as soon as all is ready. */
  beginMillis: number | null;
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
  const window = windowOf(settings, part.beginMillis ?? performance.now());
  const recorder = new Recorder(settings, window, counters);
  const traffic = new Traffic(settings, window, dialler, destination, recorder);
  let isCancelled = false;
  const result = run(part, traffic, window, dialler).then((result) => {
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

async function run({ settings, rtt }: Part, traffic: Traffic, window: Window, dialler: Dialler): Promise<LoadResult> {
  const startedAt = new Date(Date.now() + window.startMillis - performance.now()).toISOString();
  const begun = Promise.withResolvers<void>();
  traffic.timetable.at(window.beginMillis, () => begun.resolve());
  traffic.onOver = begun.resolve;
  await begun.promise;
  const usage = watchThread(window);
  const cut = settings.ending === "cut" && Number.isFinite(window.ceaseMillis);
  const end = cut ? setTimeout(() => traffic.cut(), untilMillis(window.ceaseMillis)) : undefined;
  try {
    await (settings.rate === null ? runClosedLoad(traffic) : runOpenLoad(traffic));
    const generator = generatorOf([usage.stop()]);
    await closings(traffic);
    const result = traffic.recorder.result(startedAt, rtt, generator, []);
    return { ...result, invalid: invalidReasons(result) };
  } finally {
    clearTimeout(end);
    usage.stop();
    for (const connection of [...traffic.connections]) connection.fail("other", "the load is over");
    dialler.close();
  }
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

/**
 * Reads the thread's CPU time and event loop at both ends of the window. A thread whose share is
 * over earlier, or that has none, is idle for the rest of it.
 */
function watchThread({ startMillis, endMillis }: Window): { stop(): ThreadLoad } {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  const begin = () => {
    delays.enable();
    delays.reset();
    return snapshot();
  };
  let start = begin();
  let end: ReturnType<typeof snapshot> | null = null;
  const finish = () => {
    end ??= snapshot();
    delays.disable();
    return end;
  };
  const timers = [setTimeout(() => (start = begin()), untilMillis(startMillis))];
  if (Number.isFinite(endMillis)) timers.push(setTimeout(finish, untilMillis(endMillis)));
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      const { cpu, loop } = finish();
      const { active, idle } = performance.eventLoopUtilization(loop, start.loop);
      const windowMillis = Number.isFinite(endMillis) ? endMillis - startMillis : LEAST_WINDOW_MILLIS;
      const late = (nanos: number) => (delays.count === 0 ? 0 : Math.max(0, nanos / 1e6 - 10));
      return {
        cpuSeconds: (cpu.user + cpu.system - start.cpu.user - start.cpu.system) / 1e6,
        eventLoopUtilisation: active / Math.max(active + idle, windowMillis),
        loopLagP99Millis: late(delays.percentile(99)),
        loopLagMaxMillis: late(delays.max),
      };
    },
  };
}

function untilMillis(atMillis: number): number {
  return Math.max(0, atMillis - performance.now());
}

function snapshot() {
  return { cpu: process.threadCpuUsage(), loop: performance.eventLoopUtilization() };
}
