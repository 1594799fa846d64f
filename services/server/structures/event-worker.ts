// A thread of event-multi: runs one event loop, reports its port, and closes on command.

import { parentPort, workerData } from "node:worker_threads";
import { startEventLoop } from "./event-loop.ts";
import type { LoopStart, WorkerOrder, WorkerReport } from "./event-multi.ts";

/** Time for the last lines of its log. */
const LOG_MILLIS = 1_000;

const { config, counters, descriptor } = workerData as LoopStart;
const report = (message: WorkerReport) => parentPort?.postMessage(message);

try {
  const running = await startEventLoop(config, counters, { reusePort: true, descriptor });
  // With its sockets closed and this command received, nothing keeps the thread alive
  // but what nobody reads of its log.
  parentPort?.once("message", async ({ graceMillis }: WorkerOrder) => {
    await running.close(graceMillis);
    setTimeout(() => process.exit(), LOG_MILLIS).unref();
  });
  report({ port: running.port });
} catch (error) {
  report({ failure: (error as Error).message });
}
