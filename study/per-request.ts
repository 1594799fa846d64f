// A run's costs by its requests and transfers: the server's processor time, the packets at the
// links.

import { transfersOf } from "../analysis/counts.ts";
import { secondsIn } from "./duration.ts";
import type { Settings } from "./file/study.ts";
import { measurementsIn } from "./measurements.ts";
import { besideName } from "./measures/table.ts";

/**
 * `isAll`: no other packets than those of the transfers that count crossed the links, but for a few
 * pings. `alsoAtServer`: measurements beside the cell's own that the same server served.
 */
export function perRequest(
  { serverCpuSeconds = 0, forwardedPackets = 0, droppedPackets = 0 }: Readonly<Record<string, number>>,
  outcomes: Readonly<Record<string, number>>,
  { isAll, alsoAtServer }: { isAll: boolean; alsoAtServer: readonly string[] },
): Record<string, number> {
  const transfers = transfersOf(outcomes);
  // The processor time is of the whole run, its warm-up too. Zero for a measurement of another
  // kind, whose work at the server is no request's.
  const answered = (name: string) => outcomes[besideName(name, "allRequests")] ?? 0;
  const besides = alsoAtServer.map(answered);
  const served = besides.reduce((sum, count) => sum + count, answered(""));
  return {
    ...(served > 0 && besides.every((count) => count > 0) && { serverCpuSecondsPerRequest: serverCpuSeconds / served }),
    ...(transfers > 0 &&
      isAll && {
        forwardedPacketsPerTransfer: forwardedPackets / transfers,
        droppedPacketsPerTransfer: droppedPackets / transfers,
      }),
  };
}

/**
 * Whether all that crosses the links in a run of these settings, but for a few pings, is of whole
 * transfers that count: none of a warm-up, of a cool-down or of a measurement beside it, and none
 * that the end cuts off.
 */
export function isAllCounted(settings: Settings): boolean {
  const { own, beside } = measurementsIn(settings);
  const isPadded = ["warmup", "cooldown"].some((word) => secondsIn(own.words[word] ?? "") > 0);
  return !isPadded && beside.length === 0 && own.words.ending !== "cut";
}
