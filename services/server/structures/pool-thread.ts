// A thread of a pool.

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { work } from "./blocking-worker.ts";
import { PoolState } from "./pool-state.ts";
import type { ThreadStart } from "./prethread.ts";

const start = workerData as ThreadStart;
const state = new PoolState(start.memory, start.workers);
parentPort?.postMessage("ready");
if (start.config.transport === "tcp") await work(start, state);
else await (await import("./rudp-worker.ts")).workInThread(start, state, parentPort as MessagePort);
