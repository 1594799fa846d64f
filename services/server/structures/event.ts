// One thread, one event loop, callbacks: a connection is an object, waiting takes no thread, and a
// slow client delays nobody. libuv's thread pool reads files that are not in memory, so a slow disk
// does not delay the loop either.

import { startEventLoop } from "./event-loop.ts";
import type { Structure } from "./structure.ts";

export const event: Structure = {
  threads: "one",
  start: (config, newCounters) => startEventLoop(config, newCounters(), { reusePort: false }),
};
