// Starts the workers of a structure and keeps their number: one that ends before it should is
// replaced, counted and logged.

import { log } from "../../../lib/contract/serving/log.ts";
import { closeDescriptor } from "../../../lib/sockets/blocking-socket.ts";
import { add, type Counters, set } from "../accounting/counters.ts";
import { DRAINING, OVER, type PoolState, SERVING } from "./pool-state.ts";
import type { StructureConfig } from "./structure.ts";
import { epochMillis, type WorkerStart } from "./worker-start.ts";

export interface PoolWorker {
  /** Resolves when it takes connections; rejects if it ends before. */
  ready: Promise<void>;
  /** Resolves when it has ended, with the reason if it should not have. */
  exited: Promise<string | null>;
  /** Ends a worker that its deadline did not end. */
  kill(): void;
  /** Of a worker that is a process. */
  pid?: number | undefined;
}

export interface ThreadWorker extends PoolWorker {
  /** Sends it a message. */
  post(message: unknown): void;
}

/** The kind of a pool's workers: threads or processes. */
export interface WorkerKind<Kind extends PoolWorker = PoolWorker> {
  memory: ArrayBufferLike;
  /** Whether they have our descriptors, so that one left behind is ours to close. */
  sharesDescriptors: boolean;
  areProcesses: boolean;
  start(start: WorkerStart): Kind;
  /** All have ended. */
  close(): void;
}

const DEFAULT_WORKERS = 16;
/** Pause before a worker that failed at its start is started again. */
const RESTART_MILLIS = 1_000;
/** How long after its deadline a worker is killed that waits for a disk, for example. */
const KILL_MILLIS = 1_000;

export function workersOf({ workers }: StructureConfig): number {
  return workers === 0 ? DEFAULT_WORKERS : workers;
}

/** The ids of those that run, if they are processes. */
export function processesOf(
  { areProcesses }: WorkerKind,
  running: ReadonlyMap<number, PoolWorker>,
): (() => number[]) | undefined {
  return areProcesses ? () => [...running.values()].flatMap(({ pid }) => pid ?? []) : undefined;
}

export interface PoolConnections {
  /** The listening socket of a worker. */
  descriptorOf?(worker: number): number;
  /** Called when a worker has ended, with the connection that it served, or -1. */
  left?(descriptor: number): void;
}

export interface Supervision<Kind extends PoolWorker = PoolWorker> {
  running: ReadonlyMap<number, Kind>;
  /** Resolves when all work; rejects if one cannot be started. */
  started: Promise<void>;
  /** Lets them finish, cuts their connections after the grace, and resolves when all have ended. */
  end(graceMillis: number): Promise<void>;
}

/** Starts a worker for each place of the pool. */
export function supervise<Kind extends PoolWorker>(
  common: Omit<WorkerStart, "worker" | "descriptor" | "askedMillis">,
  state: PoolState,
  kind: WorkerKind<Kind>,
  { descriptorOf = () => -1, left = () => {} }: PoolConnections,
): Supervision<Kind> {
  const running = new Map<number, Kind>();
  let ended: (() => void) | undefined;
  let isStarted = false;

  const start = (worker: number): Promise<void> => {
    const started = kind.start({ ...common, worker, descriptor: descriptorOf(worker), askedMillis: epochMillis() });
    running.set(worker, started);
    let isReady = false;
    started.exited.then((failure) => exited(worker, failure, isReady));
    return started.ready.then(() => {
      isReady = true;
    });
  };
  const exited = (worker: number, failure: string | null, wasReady: boolean): void => {
    running.delete(worker);
    left(leave(state, kind, worker));
    if (state.stage === SERVING && wasReady) {
      add(state.counters[worker] as Counters, "replacedWorkers", 1);
      log("worker-replaced", { worker, failure });
      restart(worker);
    } else if (state.stage === SERVING && isStarted) setTimeout(restart, RESTART_MILLIS, worker);
    if (running.size === 0) ended?.();
  };
  const restart = (worker: number): void => {
    if (state.stage !== SERVING) return;
    start(worker).catch((error: Error) => {
      if (state.stage === SERVING) log("worker-failed", { worker, failure: error.message });
    });
  };

  const places = Array.from({ length: common.workers }, (_, worker) => worker);
  const started = Promise.all(places.map(start)).then(() => {
    isStarted = true;
  });
  return { running, started, end: (graceMillis) => endWorkers(state, graceMillis, running, (done) => (ended = done)) };
}

/** Ends those that run, and waits for it. */
export async function endWorkers(
  state: PoolState,
  graceMillis: number,
  running: ReadonlyMap<number, PoolWorker>,
  whenEnded: (done: () => void) => void,
): Promise<void> {
  state.stage = DRAINING;
  const deadline = setTimeout(() => {
    state.stage = OVER;
  }, graceMillis);
  const killing = setTimeout(() => {
    for (const { kill } of running.values()) kill();
  }, graceMillis + KILL_MILLIS);
  if (running.size > 0) await new Promise<void>(whenEnded);
  clearTimeout(deadline);
  clearTimeout(killing);
}

/** The connection of a worker that has ended is no longer open. Returns its descriptor, or -1. */
export function leave(state: PoolState, kind: WorkerKind, worker: number): number {
  const descriptor = state.gave(worker);
  if (descriptor >= 0 && kind.sharesDescriptors) closeDescriptor(descriptor);
  const counters = state.counters[worker] as Counters;
  set(counters, "openConnections", 0);
  set(counters, "activeConnections", 0);
  return descriptor;
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
