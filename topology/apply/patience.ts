// How long to wait for an answer before it counts as none. A machine that others keep busy answers late, and what is late must
// not be taken for broken.

import { availableParallelism, loadavg } from "node:os";

/** So many times an idle machine's patience, and no more. */
const MOST = 4;

/** `idleMillis` is for an idle machine; where each core has several programs to run, so many times that. */
export function patienceMillis(idleMillis: number, load = loadavg()[0] ?? 0, cores = availableParallelism()): number {
  return Math.round(idleMillis * Math.min(MOST, Math.max(1, load / cores)));
}
