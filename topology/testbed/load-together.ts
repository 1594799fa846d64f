// One load by several generators of a testbed. They begin at one instant, each makes its share of
// the same schedule, and their histograms are added (docs/loadgen.md).

import type { LoadProgress, LoadResult, LoadSettings } from "../../lib/contract/load/load.ts";
import { addSeconds, mergeResults } from "../../lib/contract/load/merge.ts";
import type { Engine } from "../apply/docker.ts";
import { openRelays } from "../apply/relay.ts";

export interface LoadOfAll {
  result: LoadResult;
  /** The shares, in the order of the generators. */
  shares: LoadResult[];
}

/**
 * For all to receive their requests, to start their threads, and to probe the path if its
 * round-trip time is not given.
 */
const STARTING_MILLIS = 500;
const A_THREAD_MILLIS = 150;
const PROBING_MILLIS = 2000;

/**
 * Makes the load with the generators in these containers. `onSecond` receives the sums of about
 * each second. If one of them refuses or fails, the others end with the relays.
 */
export async function runTogether(
  engine: Engine,
  generators: readonly string[],
  settings: LoadSettings,
  onSecond: (second: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadOfAll> {
  await using relays = openRelays(engine);
  await Promise.all(generators.map((name) => relays.request(name, "loadgen.status", {})));
  const threads = settings.threads === 1 ? 0 : generators.length * settings.threads;
  const probingMillis = settings.rttMillis === null ? PROBING_MILLIS : 0;
  const waitMillis = STARTING_MILLIS + threads * A_THREAD_MILLIS + probingMillis;
  const shared = { ...settings, histograms: true, startEpochMillis: Date.now() + waitMillis };
  const latest = new Map<string, LoadProgress>();
  const answers = await Promise.all(
    generators.map(async (name, index) => {
      const onEvent = (second: LoadProgress) => {
        latest.set(name, second);
        const { elapsedSeconds } = second;
        if (index === 0) onSecond({ ...addSeconds([...latest.values()]), elapsedSeconds });
      };
      const share = { index, of: generators.length };
      const answer = await relays.request(name, "loadgen.run", { ...shared, share }, { onEvent, signal });
      latest.delete(name); // its last second is over
      return answer;
    }),
  );
  const shares = answers.map(({ result }) => result);
  return { result: together(settings, shares), shares };
}

/** Each has a path of its own, so round trips have a common length only where it is given. */
function together(settings: LoadSettings, shares: readonly LoadResult[]): LoadResult {
  const merged = mergeResults(settings, shares);
  return settings.rttMillis === null ? { ...merged, roundTrips: null } : merged;
}
