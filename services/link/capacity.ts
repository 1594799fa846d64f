// Whether a backend has memory for what a link would hold when both directions are full. A guest that runs out of memory
// ends, so what can be foreseen is refused.

import type { Problem } from "../../lib/errors.ts";
import { FRAME_BYTES, queuePackets } from "../../lib/impairment/queue.ts";
import { type LinkSettings, rttMillis } from "../../lib/link.ts";
import { type Backend, DIRECTIONS } from "./backend.ts";

/** At most one problem; none where the backend has no limit, or a direction no rate, when nothing can be foreseen. */
export function capacityProblems(settings: LinkSettings, { holdsFrames }: Pick<Backend, "holdsFrames">): Problem[] {
  const held = heldFrames(settings);
  if (held <= holdsFrames) return [];
  return [
    {
      code: "E_OUT_OF_RANGE",
      path: "settings",
      message: `the link would hold ${held} full frames on the way and in its queues`,
      allowed: `${holdsFrames} in this backend`,
    },
  ];
}

/** Full frames in both stages of both directions, when they are full; directions without a rate are left out. */
export function heldFrames(settings: LinkSettings): number {
  const frames = DIRECTIONS.map((name) => {
    const { rateBitsPerSecond, delayMillis, queue } = settings[name];
    if (rateBitsPerSecond === null) return 0;
    const onTheWay = (rateBitsPerSecond * delayMillis) / (8000 * FRAME_BYTES);
    return onTheWay + queuePackets(queue, { rateBitsPerSecond, rttMillis: rttMillis(settings) });
  });
  return Math.ceil(frames.reduce((sum, each) => sum + each, 0));
}
