// How long to wait for an answer before it counts as missing. A machine kept busy by others answers
// late, and late must not be taken for broken.

import { availableParallelism, loadavg } from "node:os";

/** At most this multiple of an idle machine's patience. */
const MOST = 4;

/**
 * `idleMillis` is for an idle machine. With several programs to run per core it is multiplied
 * accordingly.
 */
export function patienceMillis(idleMillis: number, load = loadavg()[0] ?? 0, cores = availableParallelism()): number {
  return Math.round(idleMillis * Math.min(MOST, Math.max(1, load / cores)));
}
