// The path's round-trip time before the users begin: connects one after another, with nothing else
// under way. The users' own connects would not do, because a thousand of them at once wait for each
// other in this process and in the server's queue.

import type { Destination, Dialler } from "../../lib/sockets/dial.ts";
import { openDialler } from "../../lib/sockets/kinds.ts";

/** Unless the path is long: then as many as begin within a second. */
const PROBES = 7;
const PROBING_MILLIS = 1000;

/**
 * The smallest connect time of a few, because queues and this machine only add to it. null if none
 * succeeds or `signal` aborts.
 */
export async function probeRtt(
  destination: Destination,
  timeoutMillis: number,
  signal: AbortSignal,
): Promise<{ rttMillis: number; source: "probe" } | null> {
  const endMillis = performance.now() + PROBING_MILLIS;
  const dialler = await openDialler();
  let rttMillis = Number.POSITIVE_INFINITY;
  for (let made = 0; made < PROBES && performance.now() < endMillis && !signal.aborted; made++) {
    const millis = await connectOnce(dialler, destination, timeoutMillis, signal);
    if (millis === null) break;
    rttMillis = Math.min(rttMillis, millis);
  }
  dialler.close();
  return Number.isFinite(rttMillis) ? { rttMillis, source: "probe" } : null;
}

async function connectOnce(
  dialler: Dialler,
  destination: Destination,
  timeoutMillis: number,
  signal: AbortSignal,
): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const giveUp = () => resolve(null);
  const beganMillis = performance.now();
  const socket = dialler.connect(destination, {
    connected: (atMillis) => resolve(atMillis - beganMillis),
    received() {},
    ended() {},
    broken: giveUp,
  });
  const timer = setTimeout(giveUp, timeoutMillis);
  signal.addEventListener("abort", giveUp, { once: true });
  const millis = await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", giveUp);
  socket.destroy();
  return millis;
}
