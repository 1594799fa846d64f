// The path's round-trip time before the users begin: connects one after another, with nothing else
// under way. The users' own connects would not do, because a thousand of them at once wait for each
// other in this process and in the server's queue.

import { Connection, type Endpoint, LoadFailure } from "./connection.ts";

/** Unless the path is long: then as many as begin within a second. */
const PROBES = 7;
const PROBING_MILLIS = 1000;

/**
 * The smallest connect time of a few, because queues and this machine only add to it. null if none
 * succeeds or `signal` aborts.
 */
export async function probeRtt(
  endpoint: Endpoint,
  timeoutMillis: number,
  signal: AbortSignal,
): Promise<{ rttMillis: number; source: "probe" } | null> {
  const endMillis = performance.now() + PROBING_MILLIS;
  let rttMillis = Number.POSITIVE_INFINITY;
  for (let made = 0; made < PROBES && performance.now() < endMillis && !signal.aborted; made++) {
    const millis = await connectOnce(endpoint, timeoutMillis, signal);
    if (millis === null) break;
    rttMillis = Math.min(rttMillis, millis);
  }
  return Number.isFinite(rttMillis) ? { rttMillis, source: "probe" } : null;
}

async function connectOnce(endpoint: Endpoint, timeoutMillis: number, signal: AbortSignal): Promise<number | null> {
  const connection = new Connection(endpoint);
  const giveUp = () => connection.fail(new LoadFailure("other", "the probe was given up"));
  const timer = setTimeout(giveUp, timeoutMillis);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await connection.opened;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
    giveUp();
  }
}
