// The echoes for a link: how many and how far apart, so that none waits for another and enough
// return.

import type { Direction } from "../../../lib/link/direction.ts";
import { shapeOf } from "../../../lib/link/jitter-shapes.ts";
import type { LinkSettings } from "../../../lib/link/link.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import { frameBytes, transmissionMillis } from "../frames.ts";
import { delayFault, delayTolerance } from "./delay.ts";
import { apartOf, echoesForMedian, JITTERED_ECHOES } from "./jitter.ts";

const PAYLOAD_BYTES = 16;
export const ECHO_FRAME_BYTES = frameBytes(PAYLOAD_BYTES);

export interface EchoSample {
  packets: number;
  intervalMillis: number;
}

const ANSWERS = 30;
const MIN_INTERVAL_MILLIS = 10;
/** Only `thorough` may take longer. */
const LONGEST_MILLIS = 30_000;
const THOROUGH_MILLIS = 1_800_000;

export function echoSample({ forward, backward }: LinkSettings, isThorough = false): EchoSample {
  const both = [forward, backward];
  const sendingMillis = Math.max(
    ...both.map(({ rateBitsPerSecond }) => transmissionMillis(ECHO_FRAME_BYTES, rateBitsPerSecond)),
  );
  const answered = both.reduce((share, direction) => share * deliveredOf(direction), 1);
  const apartMillis = both.reduce((sum, direction) => sum + apartMillisOf(direction), 0);
  const intervalMillis = Math.max(MIN_INTERVAL_MILLIS, Math.ceil(2.5 * sendingMillis + apartMillis));
  const longest = Math.floor((isThorough ? THOROUGH_MILLIS : LONGEST_MILLIS) / intervalMillis);
  const wanted = Math.ceil(Math.max(...both.map(echoesFor)) / answered);
  return { packets: Math.min(wanted, Math.max(longest, Math.ceil(Math.min(200, ANSWERS / answered)))), intervalMillis };
}

/**
 * Four standard errors of the median may take this share of the distance between tolerance and
 * fault; the machine needs some, too.
 */
const ERROR_RATIO = 0.58;

/** Jitter of one direction brings echoes closer together for the other. */
function apartMillisOf({ jitterMillis, jitterDistribution }: Direction): number {
  return jitterMillis === 0 ? 0 : jitterMillis * apartOf(shapeOf(jitterDistribution));
}

/** For one direction: with jitter, enough that the median decides about the delay. */
function echoesFor({ delayMillis, jitterMillis, jitterDistribution }: Direction): number {
  if (jitterMillis === 0) return ANSWERS;
  const error = ERROR_RATIO * (delayFault(delayMillis) - delayTolerance(delayMillis));
  return Math.max(JITTERED_ECHOES, echoesForMedian(jitterMillis, error, shapeOf(jitterDistribution)));
}

/** The share of the echoes that arrive as they were sent, after the delay. */
function deliveredOf(direction: Direction): number {
  const { corruptionRatio, reorderingRatio } = direction;
  return (1 - lossFacts(direction).meanRatio) * (1 - corruptionRatio) * (1 - reorderingRatio);
}

/** Runs at one end; ends at the latest `waitMillis` after the last echo. */
export function echoCommand(address: string, { packets, intervalMillis }: EchoSample, waitMillis: number): string[] {
  const wait = Math.ceil(waitMillis / 1000) + 1;
  const pace = ["-c", String(packets), "-i", String(intervalMillis / 1000), "-W", String(wait)];
  return ["ping", "-n", "-q", "-s", String(PAYLOAD_BYTES), ...pace, address];
}
