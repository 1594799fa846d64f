// Whether a backend has memory for the packets of a full link. A guest that runs out of memory
// ends, so everything predictable is refused: by the plan, by `topology set`, and by the link's
// agent.

import type { Problem } from "../errors.ts";
import { DIRECTIONS, type LinkSettings, rttMillis } from "./link.ts";
import { framesOnTheWay } from "./propagation.ts";
import { FRAME_BYTES } from "./queues/kind.ts";
import { declaredPackets } from "./transmission.ts";

/** Full frames for which a backend has memory, in both stages of both directions together. */
export const HOLDS_FRAMES = {
  kernel: Number.POSITIVE_INFINITY,
  /**
   * A guest of 128 MiB held 31,416 full frames and ended ("deadlocked on memory") before 42,000.
   */
  uml: 28_000,
} as const;

/**
 * At most one problem. None if the backend has no limit, or if a direction has no rate, because
 * nothing can be predicted then.
 */
export function capacityProblems(
  settings: LinkSettings,
  { holdsFrames }: { holdsFrames: number },
  path = "settings",
): Problem[] {
  const held = heldFrames(settings);
  if (held <= holdsFrames) return [];
  return [
    {
      code: "E_OUT_OF_RANGE",
      path,
      message: `the link would hold ${held} full frames on the way and in its queues`,
      allowed: `${holdsFrames} in this backend; less delay, a lower rate or a shorter queue holds fewer`,
    },
  ];
}

/**
 * Full frames in both stages of both directions when full, without directions that have no rate.
 */
export function heldFrames(settings: LinkSettings): number {
  const frames = DIRECTIONS.map((name) => {
    const queued = declaredPackets(settings[name], rttMillis(settings)) ?? 0;
    return framesOnTheWay(settings[name], FRAME_BYTES) + queued;
  });
  return Math.ceil(frames.reduce((sum, each) => sum + each, 0));
}
