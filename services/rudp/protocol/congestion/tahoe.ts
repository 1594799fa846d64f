// Tahoe (Jacobson 1988): fast retransmit, but no fast recovery: every loss is followed by a slow start from one segment
// to half of what was in flight.

import type { Controller } from "./controller.ts";
import { collapse, reduceThreshold } from "./growth.ts";
import { reno } from "./reno.ts";

export const tahoe: Controller = {
  ...reno,
  name: "tahoe",
  fastRecovery: "none",
  lossDetected(state, flightSegments) {
    reduceThreshold(state, flightSegments, 0.5);
    collapse(state);
  },
};
