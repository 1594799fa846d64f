// A link's settings as people write them, in one line.

import type { Impairment } from "../../lib/impairment/impairment.ts";
import { type Direction, IMPAIRMENTS } from "../../lib/impairment/table.ts";
import type { LinkSettings } from "../../lib/link.ts";

/** `delay=50ms loss=0% rate=50mbit queue=1bdp each way`, or both directions where they differ. */
export function describeSettings({ forward, backward }: LinkSettings): string {
  const [there, back] = [describeDirection(forward), describeDirection(backward)];
  return there === back ? `${there} each way` : `forward ${there}; backward ${back}`;
}

/** `delay=50ms loss=0% rate=50mbit queue=1bdp`; a queue only where there is a rate. */
export function describeDirection(direction: Direction): string {
  return (Object.keys(IMPAIRMENTS) as (keyof Direction)[])
    .filter((field) => field !== "queue" || direction.rateBitsPerSecond !== null)
    .map((field) => {
      const { key, format } = IMPAIRMENTS[field] as Impairment<unknown>;
      return `${key}=${format(direction[field])}`;
    })
    .join(" ");
}
