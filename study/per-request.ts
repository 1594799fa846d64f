// A run's costs by its requests and transfers: the server's processor time, the packets at the
// links.

import { besideName } from "./measures/table.ts";

/**
 * `isAll`: no other packets than those of the transfers that count crossed the links, but for a few
 * pings. `alsoAtServer`: measurements beside the cell's own that the same server served. A page is
 * a transfer of many requests.
 */
export function perRequest(
  { serverCpuSeconds = 0, forwardedPackets = 0, droppedPackets = 0 }: Readonly<Record<string, number>>,
  outcomes: Readonly<Record<string, number>>,
  { isAll, alsoAtServer }: { isAll: boolean; alsoAtServer: readonly string[] },
): Record<string, number> {
  const { requests = 0, pages, transfers = pages ?? requests } = outcomes;
  // Zero where another kind of measurement kept the server busy: its work is no request's.
  const besides = alsoAtServer.map((name) => outcomes[besideName(name, "requests")] ?? 0);
  const served = requests + besides.reduce((sum, count) => sum + count, 0);
  return {
    ...(requests > 0 &&
      besides.every((count) => count > 0) && { serverCpuSecondsPerRequest: serverCpuSeconds / served }),
    ...(transfers > 0 &&
      isAll && {
        forwardedPacketsPerTransfer: forwardedPackets / transfers,
        droppedPacketsPerTransfer: droppedPackets / transfers,
      }),
  };
}
