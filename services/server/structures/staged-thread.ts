// A thread of the second stage: takes a connection from the queue, serves it until it is idle, and
// reports.

import { parentPort, workerData } from "node:worker_threads";
import { type Counters, countOperation } from "../accounting/counters.ts";
import { BlockingServer, type Job, openDescriptor } from "./blocking-worker.ts";
import { JobQueue } from "./job-queue.ts";
import { OVER, PoolState } from "./pool-state.ts";
import { JOBS, type StagedStart, type TurnReport } from "./staged.ts";
import { epochMillis, SLICE_MILLIS } from "./worker-start.ts";

const { config, worker, workers, memory, queue: queueMemory, capacity, askedMillis } = workerData as StagedStart;
const state = new PoolState(memory, workers);
const counters = state.counters[worker] as Counters;
const queue = new JobQueue(queueMemory, capacity);
const server = new BlockingServer(config, counters, state, openDescriptor);
countOperation(counters, "spawn", 0, epochMillis() - askedMillis);
parentPort?.postMessage("ready");

for (let taken = queue.take(SLICE_MILLIS); taken !== null; taken = queue.take(SLICE_MILLIS)) {
  if (taken !== undefined) serve(taken.job, taken.putMillis, taken.idleMillis);
  server.lookAround();
}
server.close();

function serve(number: number, putMillis: number, idleMillis: number): void {
  const descriptor = Math.floor(number / JOBS.length);
  countOperation(counters, "wait", 0, epochMillis() - putMillis);
  state.took(worker, descriptor);
  // Once the grace is over there are no more turns, and the connection is dropped.
  const goesOn = state.stage !== OVER && server.takeTurn(descriptor, JOBS[number % JOBS.length] as Job, idleMillis);
  state.gave(worker);
  parentPort?.postMessage({ descriptor, goesOn } satisfies TurnReport);
}
