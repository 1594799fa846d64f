// TCP's counts of the measured host at the moment from which a measurement counts, the end of its
// warm-up: the losses of a window are those after it. They are read by the study's own clock, which
// runs ahead of the measurement's by the tenths of a second that asking for it takes.

import { setTimeout as delay } from "node:timers/promises";
import type { Bed } from "./bed.ts";
import type { TcpCounts } from "./tcp-counts.ts";

/**
 * `tcp` is null without a warm-up, or if the measurement ends before it. Rejects as the measurement
 * does, or the reading.
 */
export async function whileCounted<Measured>(
  { readTcp }: Pick<Bed, "readTcp">,
  { host, warmupSeconds }: { host: string; warmupSeconds: number },
  measure: () => Promise<Measured>,
): Promise<{ measured: Measured; tcp: TcpCounts | null }> {
  if (warmupSeconds === 0) return { measured: await measure(), tcp: null };
  const over = new AbortController();
  const counted = delay(1000 * warmupSeconds, undefined, { signal: over.signal }).then(
    () => readTcp(host),
    () => null, // it is over
  );
  counted.catch(() => {}); // a failure is for when the measurement has ended
  const measured = await measure().finally(() => over.abort());
  return { measured, tcp: await counted };
}
