// Whether a queue can be, at the rate and delay beside it: asked of a scenario file, of the words of `set`, and by a link
// that is to be changed.

import type { Problem } from "../errors.ts";
import { queue, queuePackets } from "./queue.ts";
import type { Direction } from "./table.ts";

const MAX_QUEUE_PACKETS = 1_000_000;

/** What is wrong with a direction's queue at this rate and round-trip delay; undefined when nothing is. */
export function queueProblem(direction: Direction, rtt: number): Omit<Problem, "path"> | undefined {
  const { rateBitsPerSecond, queue: declared } = direction;
  if (rateBitsPerSecond === null || declared.unit === "packets") return undefined;
  if (declared.unit === "bdp" && rtt === 0) {
    return {
      code: "E_EMPTY_QUEUE",
      message: `a queue of ${queue.format(declared)} holds nothing, because the round-trip delay is 0`,
      allowed: "a queue in packets, bytes or ms, or a delay above 0",
    };
  }
  if (queuePackets(declared, { rateBitsPerSecond, rttMillis: rtt }) < MAX_QUEUE_PACKETS) return undefined;
  return {
    code: "E_OUT_OF_RANGE",
    message: `a queue of ${queue.format(declared)} is ${MAX_QUEUE_PACKETS} packets or more at this rate and delay`,
    allowed: queue.range,
  };
}
