// A thread that makes its share of a load (threads.ts).

import { parentPort, workerData } from "node:worker_threads";
import { RttlabError } from "../../lib/errors.ts";
import { emptyCounters } from "./counters.ts";
import { startPart } from "./part.ts";
import { beginOf } from "./run.ts";
import type { ThreadMessage, ThreadPart } from "./threads.ts";

const given: ThreadPart = workerData;
const counters = emptyCounters();
const send = (message: ThreadMessage) => parentPort?.postMessage(message);

const part = await startPart({ ...given, beginMillis: beginOf(given.settings), counters });
parentPort?.on("message", () => part.cancel());
const ticker = setInterval(
  () => send({ event: "second", second: part.recorder.latestSecond(performance.now()), counters }),
  1000,
);
try {
  send({ event: "done", result: await part.result, counters });
} catch (error) {
  const code = error instanceof RttlabError ? error.code : "E_LOAD";
  send({ event: "failed", code, message: error instanceof Error ? error.message : String(error) });
}
clearInterval(ticker);
// Otherwise the port would keep the thread alive.
parentPort?.unref();
