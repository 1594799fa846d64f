// Tahoe (Jacobson 1988): fast retransmit without fast recovery. Every loss is followed by slow
// start from one segment up to half of the flight.

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
