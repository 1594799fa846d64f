// A pool of threads, each of which blocks: in accept until it has a connection, in read and write
// while it serves it (Stevens, UNP vol. 1, section 30.11: prethreaded, each thread calling accept).

import { startWorker } from "../../../lib/sockets/worker.ts";
import { startGiven } from "./given.ts";
import { startPool } from "./pool.ts";
import { PoolState } from "./pool-state.ts";
import type { Structure } from "./structure.ts";
import { type ThreadWorker, type WorkerKind, workersOf } from "./supervise.ts";
import type { WorkerStart } from "./worker-start.ts";

export interface ThreadStart extends WorkerStart {
  memory: ArrayBufferLike;
}

const PROGRAM = new URL("./pool-thread.ts", import.meta.url);

export const prethread: Structure = {
  start: (config, newCounters) =>
    config.transport === "tcp" ? startPool(config, newCounters, threads) : startGiven(config, newCounters, threads),
  slots: workersOf,
  usesSystemCalls: true,
};

export function threads(
  workers: number,
  received: (worker: number, message: unknown) => void = () => {},
): WorkerKind<ThreadWorker> {
  const memory = new SharedArrayBuffer(PoolState.bytes(workers));
  const start = (start: WorkerStart) =>
    startThread(PROGRAM, { ...start, memory }, (message) => received(start.worker, message));
  return { memory, sharesDescriptors: true, areProcesses: false, start, close() {} };
}

/** A thread of this program; it is ready when it says so, in its first message. */
export function startThread(
  program: URL,
  workerData: ThreadStart,
  received: (message: unknown) => void = () => {},
): ThreadWorker {
  const worker = startWorker(program, { workerData });
  const ready = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<string | null>();
  ready.promise.catch(() => {});
  let failure: string | null = null;
  worker
    .on("message", received)
    .once("message", () => ready.resolve())
    .once("error", (error: Error) => {
      failure = error.stack ?? error.message;
    })
    .once("exit", () => {
      ready.reject(new Error(`starting a thread: ${failure}`));
      exited.resolve(failure);
    });
  // A call of the kernel's cannot be broken off; the thread ends at its next step.
  return {
    ready: ready.promise,
    exited: exited.promise,
    kill: () => void worker.terminate(),
    post: (message) => worker.postMessage(message),
  };
}
