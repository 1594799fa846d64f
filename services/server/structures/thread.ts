// A thread for each connection, which blocks (Stevens, UNP vol. 1, section 30.10: a thread per
// client). A thread of Node's is a new V8: `spawn` in /profile has what that costs.

import { startPerConnection } from "./per-connection.ts";
import { threads } from "./prethread.ts";
import type { Structure } from "./structure.ts";
import { workersOf } from "./supervise.ts";

export const thread: Structure = {
  start: (config, newCounters) => startPerConnection(config, newCounters, threads),
  slots: workersOf,
  usesSystemCalls: true,
};
