// A pool of workers that block: threads (prethread.ts) or processes (prefork.ts) that wait on one
// listening socket. The kernel queues what comes while all are busy. A worker that ends before it
// should is replaced, counted and logged.

import { log } from "../../../lib/contract/serving/log.ts";
import {
  closeDescriptor,
  listenBlocking,
  queuedConnections,
  stopListening,
} from "../../../lib/sockets/blocking-socket.ts";
import { add, type Counters, set } from "../accounting/counters.ts";
import { DRAINING, OVER, PoolState, SERVING } from "./pool-state.ts";
import type { NewCounters, RunningStructure, StructureConfig } from "./structure.ts";
import { epochMillis, SLICE_MILLIS, type WorkerStart } from "./worker-start.ts";

export interface PoolWorker {
  /** Resolves when it takes connections; rejects if it ends before. */
  ready: Promise<void>;
  /** Resolves when it has ended, with the reason if it should not have. */
  exited: Promise<string | null>;
  /** Ends a worker that its deadline did not end. */
  kill(): void;
}

/** What the pool's workers are. */
export interface WorkerKind {
  memory: ArrayBufferLike;
  /** Whether they have our descriptors, so that one left behind is ours to close. */
  sharesDescriptors: boolean;
  start(start: WorkerStart): PoolWorker;
  /** All have ended. */
  close(): void;
}

const DEFAULT_WORKERS = 16;
/** Pause before a worker that failed at its start is started again. */
const RESTART_MILLIS = 1_000;
/** How long after its deadline a worker is killed that waits for a disk, for example. */
export const KILL_MILLIS = 1_000;

export function workersOf({ workers }: StructureConfig): number {
  return workers === 0 ? DEFAULT_WORKERS : workers;
}

/** Starts `workers` workers; resolves when all of them take connections. */
export async function startPool(
  config: StructureConfig,
  newCounters: NewCounters,
  newKind: (workers: number) => WorkerKind,
): Promise<RunningStructure> {
  const workers = workersOf(config);
  const listener = listenBlocking(config, SLICE_MILLIS, { mayWait: true });
  const kind = newKind(workers);
  const state = new PoolState(kind.memory, workers);
  state.begin();
  const shared = withShares(config, workers);
  const running = new Map<number, PoolWorker>();
  const ended = Promise.withResolvers<void>();

  const start = (worker: number): Promise<void> => {
    const askedMillis = epochMillis();
    const { descriptor } = listener;
    const started = kind.start({ config: shared, worker, workers, task: "accept", descriptor, askedMillis });
    running.set(worker, started);
    let isReady = false;
    started.exited.then((failure) => exited(worker, failure, isReady));
    return started.ready.then(() => {
      isReady = true;
    });
  };
  const exited = (worker: number, failure: string | null, wasReady: boolean): void => {
    running.delete(worker);
    const counters = leave(state, kind, worker);
    if (state.stage === SERVING && wasReady) {
      add(counters, "replacedWorkers", 1);
      log("worker-replaced", { worker, failure });
      restart(worker);
    } else if (state.stage === SERVING && isStarted) setTimeout(restart, RESTART_MILLIS, worker);
    if (running.size === 0) ended.resolve();
  };
  const restart = (worker: number): void => {
    if (state.stage !== SERVING) return;
    start(worker).catch((error: Error) => log("worker-failed", { worker, failure: error.message }));
  };
  const close = async (graceMillis: number): Promise<void> => {
    state.stage = DRAINING;
    stopListening(listener);
    const deadline = setTimeout(() => {
      state.stage = OVER;
    }, graceMillis);
    const killing = setTimeout(() => {
      for (const { kill } of running.values()) kill();
    }, graceMillis + KILL_MILLIS);
    if (running.size > 0) await ended.promise;
    clearTimeout(deadline);
    clearTimeout(killing);
    closeDescriptor(listener.descriptor);
    kind.close();
  };

  let isStarted = false;
  for (const counters of state.counters) newCounters(counters);
  try {
    await Promise.all(Array.from({ length: workers }, (_, worker) => start(worker)));
  } catch (error) {
    await close(0);
    throw error;
  }
  isStarted = true;
  return { port: listener.port, close, queued: () => queuedConnections(listener) };
}

/** The connection of a worker that has ended is no longer open. Returns the worker's counters. */
export function leave(state: PoolState, kind: WorkerKind, worker: number): Counters {
  const descriptor = state.gave(worker);
  if (descriptor >= 0 && kind.sharesDescriptors) closeDescriptor(descriptor);
  const counters = state.counters[worker] as Counters;
  set(counters, "openConnections", 0);
  set(counters, "activeConnections", 0);
  return counters;
}

/**
 * Each worker has a cache of its own. At as many connections as workers the idle time-out is at its
 * minimum, because then nobody else is served.
 */
export function withShares(config: StructureConfig, workers: number): StructureConfig {
  const { site, timeouts } = config;
  const cache = { ...site.cache, bytes: Math.floor(site.cache.bytes / workers) };
  const idle = { ...timeouts.idle, capacity: Math.min(timeouts.idle.capacity, workers) };
  return { ...config, site: { ...site, cache }, timeouts: { ...timeouts, idle } };
}
