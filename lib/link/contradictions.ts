// Values of a link that contradict each other, although each is in its range. Scenario files,
// `set`, and the link's agent check for them.

import type { Problem } from "../errors.ts";
import { conflictsOf, type Direction, FIELDS } from "./direction.ts";
import { DIRECTIONS, type DirectionName, type LinkSettings, rttMillis } from "./link.ts";
import { queue, queuePackets } from "./queues/table.ts";

export interface Contradiction extends Omit<Problem, "path"> {
  side: DirectionName;
  /** The field's word, for the field that has to change. */
  key: string;
}

const MAX_QUEUE_PACKETS = 1_000_000;

export function contradictionsOf(settings: LinkSettings): Contradiction[] {
  return DIRECTIONS.flatMap((side) => {
    const direction = settings[side];
    const size = queueProblem(direction, rttMillis(settings));
    return [
      ...(size === undefined ? [] : [{ side, key: queue.key, ...size }]),
      ...conflictsOf(direction).map(({ name, ...conflict }) => ({
        side,
        key: FIELDS[name].key,
        code: "E_CONFLICTING_KEYS",
        ...conflict,
      })),
    ];
  });
}

/** The same, as problems of a request; `about` comes before the direction and the field's word. */
export function contradictionProblems(settings: LinkSettings, about = ""): Problem[] {
  return contradictionsOf(settings).map(({ side, key, ...rest }) => ({ path: `${about}${side} ${key}`, ...rest }));
}

/** The fault of a direction's queue at this rate and round-trip delay; undefined without one. */
function queueProblem(direction: Direction, rtt: number): Omit<Problem, "path"> | undefined {
  const { rateBitsPerSecond, queue: declared } = direction;
  if (rateBitsPerSecond === null || declared.kind !== "drop-tail" || declared.unit === "packets") return undefined;
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
