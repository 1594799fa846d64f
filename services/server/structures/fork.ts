// A process for each connection, which blocks (Stevens, UNP vol. 1, section 30.5: a child per
// client). It is started anew and not a copy of its parent, because V8 cannot be forked: `spawn` in
// /profile has what that costs.

import { startPerConnection } from "./per-connection.ts";
import { processes } from "./prefork.ts";
import type { Structure } from "./structure.ts";
import { workersOf } from "./supervise.ts";

export const fork: Structure = {
  start: (config, newCounters) => startPerConnection(config, newCounters, processes),
  slots: workersOf,
  usesSystemCalls: true,
};
