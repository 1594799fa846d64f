// One thread, one event loop, callbacks: a connection is an object, waiting costs no thread, and
// one slow client holds nobody back. libuv's thread pool reads the files that are not in memory, so
// a slow disk does not hold the loop either.

import { startEventLoop } from "./event-loop.ts";
import type { Structure } from "./structure.ts";

export const event: Structure = {
  start: (config, newLane) => startEventLoop(config, newLane(), { reusePort: false }),
};
