// A thread that makes its share of a load (threads.ts).

import { parentPort, workerData } from "node:worker_threads";
import type { LoadProgress } from "../../lib/contract/load/load.ts";
import { RttlabError } from "../../lib/errors.ts";
import { emptyCounters } from "./counters.ts";
import { beginOf, runPart } from "./run.ts";
import type { ThreadCommand, ThreadMessage, ThreadPart } from "./threads.ts";

const given: ThreadPart = workerData;
const counters = emptyCounters();
const send = (message: ThreadMessage) => parentPort?.postMessage(message);

const cancelled = new AbortController();
const instant = Promise.withResolvers<number | null>();
parentPort?.on("message", (command: ThreadCommand) => {
  if ("cancel" in command) cancelled.abort();
  instant.resolve("cancel" in command ? null : command.startEpochMillis);
});
const begin = async () => {
  send({ event: "ready" });
  return beginOf({ startEpochMillis: await instant.promise });
};
try {
  const onSecond = (second: LoadProgress) => send({ event: "second", second, counters });
  send({ event: "done", result: await runPart({ ...given, begin, counters }, onSecond, cancelled.signal), counters });
} catch (error) {
  const code = error instanceof RttlabError ? error.code : "E_LOAD";
  send({ event: "failed", code, message: error instanceof Error ? error.message : String(error) });
}
// Otherwise the port would keep the thread alive.
parentPort?.unref();
