// A load made by several threads that act as one: they begin together, each makes its share of the
// same schedule, and their histograms are added.

import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import type { LoadProgress, LoadResult } from "../../lib/contract/load/load.ts";
import { addSeconds, mergeResults } from "../../lib/contract/load/merge.ts";
import { RttlabError } from "../../lib/errors.ts";
import { startWorker } from "../../lib/sockets/worker.ts";
import { addCounters, type Counters, emptyCounters } from "./counters.ts";
import type { Part } from "./part.ts";

/** For their instant to reach all threads, which wait for it, and for their records to be made. */
const TELLING_MILLIS = 50;

/** The part of a load that a thread receives. */
export type ThreadPart = Omit<Part, "begin" | "counters">;

/** When to begin, once and after all threads are ready; and to end at once. */
export type ThreadCommand = { startEpochMillis: number } | { cancel: true };

/** The messages that a thread sends. */
export type ThreadMessage =
  | { event: "ready" }
  | { event: "second"; second: LoadProgress; counters: Counters }
  | { event: "done"; result: LoadResult; counters: Counters }
  | { event: "failed"; code: string; message: string };

export async function runThreads(
  { settings, destination, rtt, counters }: Omit<Part, "begin">,
  onSecond: (second: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadResult> {
  const { threads, share } = settings;
  const seen = Array.from({ length: threads }, () => ({
    counters: emptyCounters(),
    second: null as LoadProgress | null,
  }));
  const workers = seen.map((_, index) => {
    const mine = { index: share.index * threads + index, of: share.of * threads };
    const part: ThreadPart = {
      settings: { ...settings, share: mine, threads: 1, histograms: true },
      destination,
      rtt,
    };
    return startWorker(new URL("./thread.ts", import.meta.url), { workerData: part });
  });
  const ends = workers.map((worker) => once(worker, "exit"));
  const before = structuredClone(counters);
  const count = () => {
    const sum = structuredClone(before);
    for (const one of seen) addCounters(sum, one.counters);
    Object.assign(counters, sum);
  };
  const ticker = setInterval(() => {
    count();
    const all = seen.flatMap(({ second }) => second ?? []);
    onSecond({ ...addSeconds(all), elapsedSeconds: Math.max(0, ...all.map(({ elapsedSeconds }) => elapsedSeconds)) });
  }, 1000);
  const cancel = () => {
    for (const worker of workers) worker.postMessage({ cancel: true } satisfies ThreadCommand);
  };
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    const results = Promise.all(workers.map((worker, index) => resultOf(worker, seen[index] as (typeof seen)[number])));
    // A thread that fails before it is ready ends the load too.
    await Promise.race([Promise.all(workers.map(ready)), results]);
    const begin: ThreadCommand = { startEpochMillis: settings.startEpochMillis ?? Date.now() + TELLING_MILLIS };
    for (const worker of workers) worker.postMessage(begin);
    const merged = mergeResults(settings, await results);
    count();
    return merged;
  } finally {
    clearInterval(ticker);
    signal.removeEventListener("abort", cancel);
    // They end by themselves: libuv aborts a thread that is ended while its loop watches something.
    cancel();
    await Promise.all(ends);
  }
}

function ready(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.on("message", ({ event }: ThreadMessage) => {
    if (event === "ready") resolve();
  });
  return promise;
}

function resultOf(worker: Worker, seen: { counters: Counters; second: LoadProgress | null }): Promise<LoadResult> {
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  worker.on("message", (message: ThreadMessage) => {
    if (message.event === "failed") reject(new RttlabError(message.code, message.message));
    else if (message.event !== "ready") seen.counters = message.counters;
    if (message.event === "second") seen.second = message.second;
    if (message.event === "done") {
      seen.second = null; // it is over
      resolve(message.result);
    }
  });
  worker.on("error", reject);
  worker.on("exit", () => reject(new RttlabError("E_LOAD", "running a load: a thread of it ended early")));
  return promise;
}
