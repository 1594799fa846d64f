// One connection at a time, blocking (Stevens, UNP vol. 1, section 30.3): whoever comes meanwhile
// waits in the kernel's queue. The loop has a thread of its own, because the main thread answers
// for metrics and signals.

import { prethread } from "./prethread.ts";
import type { Structure } from "./structure.ts";

export const iterative: Structure = {
  start: (config, newCounters) => prethread.start({ ...config, workers: 1 }, newCounters),
  slots: () => 1,
  threads: "one",
  usesSystemCalls: true,
};
