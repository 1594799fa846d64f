// A window that never changes: the protocol as a plain sliding window, for measuring a path or for
// showing what congestion control achieves.

import type { Controller } from "./controller.ts";
import { startWindow } from "./growth.ts";

export const fixed: Controller = {
  name: "fixed",
  fastRetransmit: true,
  fastRecovery: "full-ack",
  start: (settings) => ({ ...startWindow(settings), windowSegments: settings.fixedWindowSegments }),
  acknowledged() {},
  lossDetected() {},
  timedOut() {},
  idled() {},
  unused() {},
};
