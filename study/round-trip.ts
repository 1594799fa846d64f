// How long a ping may take over links that are as they are set. It is never back before its delay
// lets it. The forwarding of a link makes it later, by 0.3 to 0.8 ms on machines of two processors,
// and so does a machine that runs something else for a millisecond first.

import { DIRECTIONS, type LinkSettings, rttMillis } from "../lib/link/link.ts";

export interface RoundTrip {
  configuredMillis: number;
  /** To send the ping, there and back, at the rates of the links. */
  sendingMillis: number;
  leastMillis: number;
  mostMillis: number;
}

/** There and back over a link, in all: short paths have no more. */
const FORWARDING_MILLIS = 1;
/** Of a clock's resolution. */
const EARLY_MILLIS = 0.1;
/** A share of a long path changes no result; of a short one it is less than the forwarding. */
const TOLERANCE_RATIO = 0.02;
/** As much on a path of 50 to 100 ms, whose measurements are mostly the path's. */
const TOLERANCE_MILLIS = 2;
/** The frame of a ping of the usual size. */
const PING_BYTES = 98;

export function roundTripOf(links: readonly LinkSettings[]): RoundTrip {
  const configuredMillis = links.reduce((sum, settings) => sum + rttMillis(settings), 0);
  const sendingMillis = links.reduce((sum, settings) => sum + pingMillis(settings), 0);
  const share = configuredMillis * TOLERANCE_RATIO;
  const wide = Math.max(TOLERANCE_MILLIS, share);
  // Packets that are early or late on purpose are so by more than the path may be off.
  const isSteady = links.every((settings) => DIRECTIONS.every((side) => isConstant(settings[side])));
  const early = isSteady ? Math.min(wide, EARLY_MILLIS + share) : wide;
  const late = isSteady ? Math.min(wide, FORWARDING_MILLIS * Math.max(1, links.length) + share) : wide;
  const expected = configuredMillis + sendingMillis;
  return { configuredMillis, sendingMillis, leastMillis: expected - early, mostMillis: expected + late };
}

function pingMillis(settings: LinkSettings): number {
  return DIRECTIONS.reduce((sum, side) => {
    const { rateBitsPerSecond } = settings[side];
    return rateBitsPerSecond === null ? sum : sum + (8 * PING_BYTES * 1000) / rateBitsPerSecond;
  }, 0);
}

function isConstant({ jitterMillis, reorderingRatio, slots }: LinkSettings["forward"]): boolean {
  return jitterMillis === 0 && reorderingRatio === 0 && slots === null;
}
