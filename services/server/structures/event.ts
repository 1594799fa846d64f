// One thread, one event loop, callbacks: a connection is an object, waiting costs no thread, and one slow client holds nobody back.
// Files that are not in memory are read by libuv's thread pool, so a slow disk does not hold the loop either.

import { startEventLoop } from "./event-loop.ts";
import type { Structure } from "./structure.ts";

export const event: Structure = {
  title: "one thread, one event loop",
  start: (config, newLane) => startEventLoop(config, newLane(), { reusePort: false }),
};
