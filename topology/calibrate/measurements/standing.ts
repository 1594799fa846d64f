// The delay that an AQM lets stand: how much later echoes arrive while TCP flows fill the link than
// on the idle link. A queue that only drops its tail lets it grow to its length. Sources: RFC 8289
// (CoDel), RFC 8290 (FQ-CoDel), RFC 8033 (PIE).

import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import type { LinkSettings } from "../../../lib/link/link.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import { FRAME_BYTES, type Standing } from "../../../lib/link/queues/kind.ts";
import { bucketBytes } from "../../../lib/link/queues/token-bucket.ts";
import { compare, unjudged } from "../check.ts";
import { transmissionMillis } from "../frames.ts";
import { quantile } from "../statistics/quantile.ts";
import type { Delay } from "./facts.ts";

/** A direction that has a rate. */
export type Limited = Direction & { rateBitsPerSecond: number };

/** Fewer echoes say nothing of flows that swing for seconds. */
const MIN_SAMPLES = 60;
/** An AQM lets its queue swing above the target by this share of it, as a busy machine sees it. */
const SWING_RATIO = 0.5;
/** Flows that leave more of the rate unused fill no queue. */
const FILLED_RATIO = 0.8;
/** The fastest tenth may be later by so much, as on an idle link. */
const TOLERANCE_MILLIS = 0.5;

export interface BesideFlows {
  /** Of echoes, one way, while the flows were there. */
  times: readonly number[];
  /** The rate at which the flows' data arrived; null: there were none. */
  filledBitsPerSecond: number | null;
  /** Packets that the queue dropped or marked meanwhile. */
  removed: number;
}

/** The reason why TCP cannot fill the link; null: there is none. */
export function unfillable({ forward, backward }: LinkSettings): string | null {
  const is = (differs: (direction: Direction) => boolean) => differs(forward) || differs(backward);
  if (is((direction) => lossFacts(direction).meanRatio > 0 || direction.corruptionRatio > 0))
    return "losses keep TCP from filling it";
  if (
    is(({ reorderingRatio, duplicationRatio, jitterMillis }) => reorderingRatio + duplicationRatio + jitterMillis > 0)
  )
    return "TCP takes packets out of order for lost ones, and does not fill it";
  return is(({ slots }) => slots !== null) ? "packets wait for their slot" : null;
}

/**
 * The longest that the fastest tenth of echoes may wait. Beside the flows of a fair queue it waits
 * for two frames and the bucket; in one queue for all, for what that lets stand, too.
 */
export function longestWaitMillis({ targetMillis, isFair }: Standing, rateBitsPerSecond: number): number {
  const bucketMillis = (bucketBytes(rateBitsPerSecond) * 8000) / rateBitsPerSecond;
  const ownMillis = 2 * transmissionMillis(FRAME_BYTES, rateBitsPerSecond) + bucketMillis + TOLERANCE_MILLIS;
  return isFair ? ownMillis : ownMillis + targetMillis * (1 + SWING_RATIO);
}

/** Holds an AQM against what it is to let stand. */
export function checkStanding(
  { queue: { kind }, rateBitsPerSecond }: Limited,
  standing: Standing,
  idle: Delay,
  { times, filledBitsPerSecond, removed }: BesideFlows,
): Check {
  const facts = { quantity: "queue", unit: "ms", configured: standing.targetMillis, samples: times.length } as const;
  const filledRatio = (filledBitsPerSecond ?? 0) / rateBitsPerSecond;
  if (filledRatio < FILLED_RATIO)
    return unjudged({
      ...facts,
      note: `TCP flows filled ${Math.round(100 * filledRatio)} % of the rate, too little for a queue`,
    });
  if (times.length < MIN_SAMPLES)
    return unjudged({ ...facts, note: `only ${times.length} echoes arrived beside the TCP flows` });
  const measured = Math.max(0, quantile(times, 0.1) - idle.millis);
  const tolerance = longestWaitMillis(standing, rateBitsPerSecond);
  const known = { ...facts, expected: 0, measured };
  const note = `how much later the fastest tenth of echoes came beside TCP flows; ${kind} dropped or marked ${removed} packets`;
  const check = compare({ ...known, tolerance, note });
  if (check.verdict === "outside" || removed > 0) return check;
  return unjudged({ ...known, note: `${kind} dropped and marked nothing: the flows never filled it` });
}
