// RED (Floyd and Jacobson 1993) as its authors later made it set itself: one queue, kept between
// two thresholds by dropping arrivals with a probability that follows its mean length. The lower
// threshold is 2.5 ms of the rate or five frames, the upper one three times that. Source: Floyd,
// Gummadi, Shenker, "Adaptive RED", 2001; tc-red(8) for the burst.

import { type Aqm, aqmWords } from "./aqm.ts";
import { FRAME_BYTES, type QueueKind } from "./kind.ts";
import { belowTokenBucket } from "./token-bucket.ts";

/** Half of the target of 5 ms. */
const LOWER_MILLIS = 2.5;
const LOWER_FRAMES = 5;
const UPPER_RATIO = 3;
/** Beyond the upper threshold a burst may still pass, but no more than so many times it. */
const LIMIT_RATIO = 8;
const START_RATIO = 0.02;

interface Thresholds {
  minBytes: number;
  maxBytes: number;
  limitBytes: number;
}

function thresholds(rateBitsPerSecond: number): Thresholds {
  const minBytes = Math.ceil(Math.max(LOWER_FRAMES * FRAME_BYTES, (rateBitsPerSecond / 8000) * LOWER_MILLIS));
  const maxBytes = UPPER_RATIO * minBytes;
  return { minBytes, maxBytes, limitBytes: LIMIT_RATIO * maxBytes };
}

export const red: QueueKind<Aqm<"red">> = {
  ...aqmWords("red"),
  modules: ["sch_tbf", "sch_red"],
  packets: (_queue, { rateBitsPerSecond }) => Math.floor(thresholds(rateBitsPerSecond ?? 0).limitBytes / FRAME_BYTES),
  standing(_queue, rateBitsPerSecond) {
    return { targetMillis: (thresholds(rateBitsPerSecond).maxBytes * 8000) / rateBitsPerSecond, isFair: false };
  },
  qdisc({ ecn }, rateBitsPerSecond) {
    const { minBytes, maxBytes, limitBytes } = thresholds(rateBitsPerSecond);
    const burst = Math.ceil((2 * minBytes + maxBytes) / (3 * FRAME_BYTES));
    return belowTokenBucket(rateBitsPerSecond, {
      kind: "red",
      words: [
        ...["limit", String(limitBytes), "min", String(minBytes), "max", String(maxBytes)],
        ...["avpkt", String(FRAME_BYTES), "burst", String(burst), "bandwidth", `${rateBitsPerSecond}bit`],
        ...["probability", String(START_RATIO), "adaptive", ...(ecn ? ["ecn"] : [])],
      ],
      report: { limit: limitBytes, min: minBytes, max: maxBytes, ecn, adaptive: true },
      // A change gives red a new, empty fifo (red_change() in sch_red.c).
      isKept: true,
    });
  },
};
