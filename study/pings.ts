// The pings before and after a run, whose least round trip is judged.

import { DIRECTIONS, rttMillis } from "../lib/link/link.ts";
import { lossFacts } from "../lib/link/loss-chain.ts";
import type { Bed } from "./bed.ts";
import { lastSettings } from "./judge.ts";
import type { Expectation } from "./snapshot.ts";

/** Long enough for three pings. */
const IDLE_PINGS_MILLIS = 20;
/** A queue empties meanwhile. */
const EMPTIES_MILLIS = 100;
/**
 * A hundred pings: where packets are lost in a row, all that follow one another may be lost until
 * the row ends, and only packets end it. Of rows of 8 on average one of half a million is so long.
 */
const OUTLASTS_MILLIS = 5000;

type Pings = Pick<Bed, "ping">;
type Path = Pick<Expectation, "path">;

/** Null if none returned, and on a path that loses packets none of a hundred. */
export async function pingIdle(bed: Pings, host: string, target: string, { path }: Path): Promise<number | null> {
  const found = await bed.ping(host, target, IDLE_PINGS_MILLIS);
  return found === null && loses(path) ? bed.ping(host, target, OUTLASTS_MILLIS) : found;
}

/**
 * After traffic, what was sent last takes a round trip to be through, and a queue that it filled is
 * empty once pings that waited in it are back.
 */
export async function pingSettled(bed: Pings, host: string, target: string, { path }: Path): Promise<number | null> {
  const configured = path.reduce((sum, link) => sum + rttMillis(lastSettings(link)), 0);
  const first = await bed.ping(host, target, Math.max(EMPTIES_MILLIS, configured));
  if (first === null) return loses(path) ? bed.ping(host, target, OUTLASTS_MILLIS) : null;
  if (first < configured + EMPTIES_MILLIS / 2) return first;
  const later = await bed.ping(host, target, IDLE_PINGS_MILLIS);
  return later === null ? first : Math.min(first, later);
}

function loses(path: Expectation["path"]): boolean {
  const settings = path.flatMap((link) => [link.settings, lastSettings(link)]);
  return settings.some((one) => DIRECTIONS.some((side) => lossFacts(one[side]).meanRatio > 0));
}
