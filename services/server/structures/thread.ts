// A thread for each connection, which blocks (Stevens, UNP vol. 1, section 30.10: a thread per
// client). A thread of Node's is a new V8: `spawn` in /profile has what that costs.

import { setFlagsFromString } from "node:v8";
import { startPerConnection } from "./per-connection.ts";
import { threads } from "./prethread.ts";
import type { Structure } from "./structure.ts";
import { workersOf } from "./supervise.ts";

export const thread: Structure = {
  start(config, newCounters) {
    // While threads come and go, V8 (Node 26.10) now and then ended the process by a check of its
    // own where it made a direct call of C (lib/sockets/libc.ts). A start costs far more than such
    // calls save.
    setFlagsFromString("--no-turbo-fast-api-calls");
    return startPerConnection(config, newCounters, threads);
  },
  slots: workersOf,
  usesSystemCalls: true,
};
