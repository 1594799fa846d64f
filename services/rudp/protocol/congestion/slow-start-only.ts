// The base of the assignment: the window doubles every round trip until a time-out and then
// restarts from one segment. It has neither threshold nor fast retransmit; all other controllers
// are measured against it.

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
