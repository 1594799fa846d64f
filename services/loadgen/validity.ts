// When a result says more about the generator than about the server. The bounds are stated in
// docs/loadgen.md.

import type { LoadResult } from "../../lib/contract/load/load.ts";
import { SATURATED_UTILISATION } from "../../lib/contract/load/merge.ts";

/** In an open load, a hundredth of the requests may begin later than intended by this much. */
const MOST_LAG_MILLIS = 5;

/**
 * The users of a closed load may begin so late, into its window, because what they do not ask for
 * meanwhile they never do: by this share of it, and by what a busy machine takes to wake a thread.
 */
const MOST_LATE_RATIO = 0.01;
const LATE_MILLIS = 20;

/** Why a result is invalid; empty if it is not. `lateMillis`: how far into its window it began. */
export function invalidReasons(result: Omit<LoadResult, "invalid">, lateMillis: number): string[] {
  const { settings, windowSeconds, generator, latencies, failures } = result;
  // A share of fewer users than shares may have nobody, who cannot be late.
  const isPeopled = settings.rate === null && settings.share.index < settings.users;
  const isLate = lateMillis > Math.max(MOST_LATE_RATIO * 1000 * windowSeconds, LATE_MILLIS);
  const lagMillis = (latencies.lag.p99Micros ?? latencies.lag.maxMicros ?? 0) / 1000;
  return [
    ...(generator.saturated
      ? [`an event loop of the generator was busy for more than ${SATURATED_UTILISATION * 100} % of the time`]
      : []),
    ...(settings.rate !== null && lagMillis > MOST_LAG_MILLIS
      ? [`a hundredth of the requests began more than ${MOST_LAG_MILLIS} ms late, by the generator's own fault`]
      : []),
    ...(isPeopled && isLate
      ? [`the load began late by more than ${MOST_LATE_RATIO * 100} % of its window, by the generator's own fault`]
      : []),
    ...(failures.local > 0 ? ["the generator's machine ran out of ports or descriptors"] : []),
  ];
}
