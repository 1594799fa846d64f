// CUBIC (RFC 9438). The window is a cubic function of the time since the last loss event, flat
// around the window at which that loss occurred, and never below Reno's. Section numbers in the
// code are the RFC's. Slow start is that of RFC 5681, without HyStart++.

import type { Acknowledged, Congestion, Controller } from "./controller.ts";
import { collapse, growExponentially, halveUnused, reduceThreshold, restartAfterIdle, startWindow } from "./growth.ts";

/** C, in segments per second cubed (5.1). */
const SCALE = 0.4;
/** β (4.6). */
const DECREASE = 0.7;
/**
 * α of the Reno-friendly region (4.3): as fast as Reno on average, although β is larger than
 * Reno's.
 */
const FRIENDLY_INCREASE = (3 * (1 - DECREASE)) / (1 + DECREASE);

export interface Cubic extends Congestion {
  /** W_max: the height of the plateau, in segments. */
  plateauSegments: number;
  /**
   * t: seconds since the current congestion avoidance stage began. Negative: the next
   * acknowledgement begins one.
   */
  stageSeconds: number;
  /** Time of the last acknowledgement that t counts. */
  countedMillis: number;
  /** K: seconds from the start of the stage to the plateau. */
  plateauSeconds: number;
  /** W_est: the window that Reno would have. */
  friendlySegments: number;
  /**
   * cwnd_prior: the window when the last loss was detected. From there on W_est grows as Reno does.
   */
  priorSegments: number;
  /** The last loss event was a time-out. */
  afterTimeout: boolean;
}

export const cubic: Controller<Cubic> = {
  name: "cubic",
  fastRetransmit: true,
  fastRecovery: "full-ack",
  start: (settings) => ({
    ...startWindow(settings),
    plateauSegments: 0,
    stageSeconds: -1,
    countedMillis: 0,
    plateauSeconds: 0,
    friendlySegments: 0,
    priorSegments: 0,
    afterTimeout: false,
  }),
  acknowledged(state, facts, settings) {
    if (state.windowSegments < state.thresholdSegments) {
      growExponentially(state, facts, settings);
      return;
    }
    if (state.stageSeconds < 0) startStage(state);
    else countTime(state, facts);
    state.countedMillis = facts.nowMillis;
    growCubically(state, facts);
  },
  lossDetected(state, flightSegments) {
    remember(state, Math.min(state.windowSegments, flightSegments));
    state.afterTimeout = false;
    reduceThreshold(state, flightSegments, DECREASE);
    state.windowSegments = state.thresholdSegments;
  },
  timedOut(state, flightSegments, repeated) {
    if (!repeated) {
      remember(state, state.windowSegments);
      reduceThreshold(state, flightSegments, DECREASE);
    }
    state.afterTimeout = true;
    collapse(state);
  },
  idled(state, settings) {
    restartAfterIdle(state, settings);
    state.stageSeconds = -1;
  },
  unused(state, settings) {
    halveUnused(state, settings);
    state.stageSeconds = -1;
  },
};

/**
 * 4.6 and 4.7: remembers W_max, reduced if the window has shrunk since the last loss (fast
 * convergence: room for new flows).
 */
function remember(state: Cubic, windowSegments: number): void {
  state.priorSegments = windowSegments;
  state.plateauSegments =
    windowSegments < state.plateauSegments ? (windowSegments * (1 + DECREASE)) / 2 : windowSegments;
  state.stageSeconds = -1;
}

/**
 * 4.2 and 5.8: t excludes times in which something other than the window was the limit. While the
 * window is used, acknowledgements arrive at least once per round trip, so no longer gap than that
 * counts.
 */
function countTime(state: Cubic, { nowMillis, smoothedRttMillis }: Acknowledged): void {
  state.stageSeconds += Math.min(nowMillis - state.countedMillis, smoothedRttMillis) / 1000;
}

/** 4.2, and 4.8 for the stage after a time-out, which begins on the plateau. */
function startStage(state: Cubic): void {
  state.stageSeconds = 0;
  if (state.afterTimeout || state.windowSegments >= state.plateauSegments) {
    state.plateauSegments = state.windowSegments;
  }
  state.afterTimeout = false;
  state.plateauSeconds = Math.cbrt((state.plateauSegments - state.windowSegments) / SCALE);
  state.friendlySegments = state.windowSegments;
}

function growCubically(state: Cubic, { segments, smoothedRttMillis }: Acknowledged): void {
  const seconds = state.stageSeconds;
  const window = state.windowSegments;
  const increase = state.friendlySegments >= state.priorSegments ? 1 : FRIENDLY_INCREASE;
  state.friendlySegments += (increase * segments) / window;
  if (cubicWindow(state, seconds) < state.friendlySegments) {
    state.windowSegments = Math.max(window, state.friendlySegments);
    return;
  }
  const target = Math.min(Math.max(cubicWindow(state, seconds + smoothedRttMillis / 1000), window), 1.5 * window);
  state.windowSegments += (segments * (target - window)) / window;
}

/** W_cubic(t): equation 1 of 4.2. */
function cubicWindow(state: Cubic, seconds: number): number {
  return SCALE * (seconds - state.plateauSeconds) ** 3 + state.plateauSegments;
}
