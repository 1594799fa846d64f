// A pool of threads, each of which blocks: in accept until it has a connection, in read and write
// while it serves it (Stevens, UNP vol. 1, section 30.11: prethreaded, each thread calling accept).

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type PoolWorker, startPool, type WorkerKind, workersOf } from "./pool.ts";
import { PoolState } from "./pool-state.ts";
import type { Structure } from "./structure.ts";
import type { WorkerStart } from "./worker-start.ts";

export interface ThreadStart extends WorkerStart {
  memory: ArrayBufferLike;
}

export const prethread: Structure = {
  start: (config, newCounters) => startPool(config, newCounters, threads),
  slots: workersOf,
};

export function threads(workers: number): WorkerKind {
  const memory = new SharedArrayBuffer(PoolState.bytes(workers));
  const start = (start: WorkerStart) => startThread({ ...start, memory });
  return { memory, sharesDescriptors: true, start, close() {} };
}

function startThread(workerData: ThreadStart): PoolWorker {
  const worker = new Worker(new URL("./pool-thread.ts", import.meta.url), { workerData });
  let failure: string | null = null;
  worker.once("error", (error: Error) => {
    failure = error.stack ?? error.message;
  });
  const exited = once(worker, "exit").then(() => failure);
  const dead = exited.then((reason) => Promise.reject(new Error(`starting a thread: ${reason}`)));
  const ready = Promise.race([once(worker, "message").then(() => {}), dead]);
  dead.catch(() => {});
  // A call of the kernel's cannot be broken off; the thread ends at its next step.
  return { ready, exited, kill: () => void worker.terminate() };
}
