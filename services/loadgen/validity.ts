// When a result says more about the generator than about the server. The bounds are stated in
// docs/loadgen.md.

import type { LoadResult } from "../../lib/contract/load/load.ts";
import { SATURATED_UTILISATION } from "../../lib/contract/load/merge.ts";

/** In an open load, a hundredth of the requests may begin later than intended by this much. */
const MOST_LAG_MILLIS = 5;

/** Why a result is invalid; empty if it is not. */
export function invalidReasons({ settings, generator, latencies, failures }: LoadResult): string[] {
  const lagMillis = (latencies.lag.p99Micros ?? latencies.lag.maxMicros ?? 0) / 1000;
  return [
    ...(generator.saturated
      ? [`an event loop of the generator was busy for more than ${SATURATED_UTILISATION * 100} % of the time`]
      : []),
    ...(settings.rate !== null && lagMillis > MOST_LAG_MILLIS
      ? [`a hundredth of the requests began more than ${MOST_LAG_MILLIS} ms late, by the generator's own fault`]
      : []),
    ...(failures.local > 0 ? ["the generator's machine ran out of ports or descriptors"] : []),
  ];
}
