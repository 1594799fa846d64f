// The growth that Tahoe, Reno and NewReno share: slow start and congestion avoidance (RFC 5681
// 3.1). It counts acknowledgements or, with appropriate byte counting (RFC 3465), the segments that
// they acknowledge.

import {
  type Acknowledged,
  type Congestion,
  type CongestionSettings,
  MINIMUM_THRESHOLD_SEGMENTS,
} from "./controller.ts";

export function startWindow(settings: CongestionSettings): Congestion {
  return {
    windowSegments: settings.initialWindowSegments,
    thresholdSegments: Number.POSITIVE_INFINITY,
    creditSegments: 0,
  };
}

/** Doubles per round trip below the threshold, adds one segment per round trip above it. */
export function growAdditively(state: Congestion, facts: Acknowledged, settings: CongestionSettings): void {
  if (state.windowSegments < state.thresholdSegments) {
    growExponentially(state, facts, settings);
    return;
  }
  if (settings.byteCountingLimit === 0) {
    state.windowSegments += 1 / state.windowSegments;
    return;
  }
  // One round trip acknowledges the whole segments of the window; its fraction must not slow the
  // growth.
  const roundTrip = Math.floor(state.windowSegments);
  state.creditSegments += facts.segments;
  if (state.creditSegments >= roundTrip) {
    state.creditSegments -= roundTrip;
    state.windowSegments += 1;
  }
}

/**
 * Slow start: adds one segment for each acknowledged one, at most `byteCountingLimit` per
 * acknowledgement.
 */
export function growExponentially(state: Congestion, facts: Acknowledged, settings: CongestionSettings): void {
  const limit = facts.afterRestart ? 1 : Math.max(1, settings.byteCountingLimit);
  state.windowSegments += Math.min(facts.segments, limit);
}

/** ssthresh = `factor` of the flight, at least two segments (RFC 5681 equation 4 with factor ½). */
export function reduceThreshold(state: Congestion, flightSegments: number, factor: number): void {
  state.thresholdSegments = Math.max(flightSegments * factor, MINIMUM_THRESHOLD_SEGMENTS);
  state.creditSegments = 0;
}

/** Back to one segment, and so to slow start (the loss window of RFC 5681 3.1). */
export function collapse(state: Congestion): void {
  state.windowSegments = 1;
  state.creditSegments = 0;
}

/**
 * After an idle time the window is at most the initial one, because the acknowledgement clock has
 * stopped (RFC 5681 4.1).
 */
export function restartAfterIdle(state: Congestion, settings: CongestionSettings): void {
  state.windowSegments = Math.min(state.windowSegments, settings.initialWindowSegments);
}

/**
 * Gives up half of an unused window, down to the initial one. Slow start may regain most of it (RFC
 * 7661 4.4.3).
 */
export function halveUnused(state: Congestion, settings: CongestionSettings): void {
  const { windowSegments } = state;
  if (windowSegments <= settings.initialWindowSegments) return;
  state.thresholdSegments = Math.max(state.thresholdSegments, 0.75 * windowSegments);
  state.windowSegments = Math.max(windowSegments / 2, settings.initialWindowSegments);
  state.creditSegments = 0;
}
