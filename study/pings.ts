// The pings before and after a run, whose least round trip is judged.

import { rttMillis } from "../lib/link/link.ts";
import type { Bed } from "./bed.ts";
import { lastSettings } from "./judge.ts";
import type { Expectation } from "./snapshot.ts";

/** Long enough for three pings. */
const IDLE_PINGS_MILLIS = 20;
/** A queue empties meanwhile. */
const EMPTIES_MILLIS = 100;

export function pingIdle(bed: Pick<Bed, "ping">, host: string, target: string): Promise<number | null> {
  return bed.ping(host, target, IDLE_PINGS_MILLIS);
}

/**
 * After traffic, what was sent last takes a round trip to be through, and a queue that it filled is
 * empty once pings that waited in it are back.
 */
export async function pingSettled(
  bed: Pick<Bed, "ping">,
  host: string,
  target: string,
  { path }: Pick<Expectation, "path">,
): Promise<number | null> {
  const configured = path.reduce((sum, link) => sum + rttMillis(lastSettings(link)), 0);
  const first = await bed.ping(host, target, Math.max(EMPTIES_MILLIS, configured));
  if (first === null || first < configured + EMPTIES_MILLIS / 2) return first;
  const later = await pingIdle(bed, host, target);
  return later === null ? first : Math.min(first, later);
}
