// The pings before and after a run, whose least round trip is judged.

import { DIRECTIONS } from "../lib/link/link.ts";
import { lossFacts } from "../lib/link/loss-chain.ts";
import type { Bed } from "./bed.ts";
import { lastSettings } from "./judge.ts";
import { roundTripOf } from "./round-trip.ts";
import type { Expectation } from "./snapshot.ts";

/** Long enough for three pings. */
const IDLE_PINGS_MILLIS = 20;
/** A queue empties meanwhile. */
const EMPTIES_MILLIS = 100;
/**
 * A dozen pings, where the first took longer than the path may: a machine that was busy with
 * something else lets one of them through in time, and a path that is longer none.
 */
const UNDISTURBED_MILLIS = 500;
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
  if (found === null) return loses(path) ? bed.ping(host, target, OUTLASTS_MILLIS) : null;
  const { mostMillis } = roundTripOf(path.map(({ settings }) => settings));
  return found <= mostMillis ? found : leastOf(found, await bed.ping(host, target, UNDISTURBED_MILLIS));
}

/**
 * After traffic, what was sent last takes a round trip to be through, and a queue that it filled is
 * empty once pings that waited in it are back.
 */
export async function pingSettled(bed: Pings, host: string, target: string, { path }: Path): Promise<number | null> {
  const { configuredMillis, mostMillis } = roundTripOf(path.map(lastSettings));
  const first = await bed.ping(host, target, Math.max(EMPTIES_MILLIS, configuredMillis));
  if (first === null) return loses(path) ? bed.ping(host, target, OUTLASTS_MILLIS) : null;
  if (first <= mostMillis) return first;
  const isQueued = first >= configuredMillis + EMPTIES_MILLIS / 2;
  return leastOf(first, await bed.ping(host, target, isQueued ? IDLE_PINGS_MILLIS : UNDISTURBED_MILLIS));
}

function leastOf(found: number, again: number | null): number {
  return again === null ? found : Math.min(found, again);
}

function loses(path: Expectation["path"]): boolean {
  const settings = path.flatMap((link) => [link.settings, lastSettings(link)]);
  return settings.some((one) => DIRECTIONS.some((side) => lossFacts(one[side]).meanRatio > 0));
}
