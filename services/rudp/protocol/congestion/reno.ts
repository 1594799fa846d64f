// Reno (RFC 5681): additive increase, halving on a loss event. Without SACK, the first
// acknowledgement of new data ends fast recovery, so several losses in one window halve it several
// times.

import type { Controller } from "./controller.ts";
import { collapse, growAdditively, halveUnused, reduceThreshold, restartAfterIdle, startWindow } from "./growth.ts";

export const reno: Controller = {
  name: "reno",
  fastRetransmit: true,
  fastRecovery: "first-ack",
  start: startWindow,
  acknowledged: growAdditively,
  lossDetected(state, flightSegments) {
    reduceThreshold(state, flightSegments, 0.5);
    state.windowSegments = state.thresholdSegments;
  },
  timedOut(state, flightSegments, repeated) {
    if (!repeated) reduceThreshold(state, flightSegments, 0.5);
    collapse(state);
  },
  idled: restartAfterIdle,
  unused: halveUnused,
};
