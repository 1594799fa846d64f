// A thread of a pool.

import { parentPort, workerData } from "node:worker_threads";
import { serveBlocking } from "./blocking-worker.ts";
import { PoolState } from "./pool-state.ts";
import type { ThreadStart } from "./prethread.ts";

const { config, worker, workers, listener, memory } = workerData as ThreadStart;
const state = new PoolState(memory, workers);
parentPort?.postMessage("ready");
await serveBlocking({ config, state, worker }, listener);
