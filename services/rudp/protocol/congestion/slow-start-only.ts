// The base of the assignment: the window doubles every round trip until a time-out, then starts again from one segment.
// No threshold, no fast retransmit: what all the other controllers are measured against.

import type { Controller } from "./controller.ts";
import { collapse, growExponentially, halveUnused, restartAfterIdle, startWindow } from "./growth.ts";

export const slowStartOnly: Controller = {
  name: "slow-start-only",
  fastRetransmit: false,
  fastRecovery: "none",
  start: startWindow,
  acknowledged: growExponentially,
  lossDetected: collapse,
  timedOut: collapse,
  idled: restartAfterIdle,
  unused: halveUnused,
};
