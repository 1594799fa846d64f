// How long to wait for an answer before it counts as none. A machine that others keep busy answers late, and what is late must
// not be taken for broken.

import { availableParallelism, loadavg } from "node:os";

const MOST = 10;

/** `idleMillis` is for an idle machine; where each core has several programs to run, so many times that, within reason. */
export function patienceMillis(idleMillis: number, load = loadavg()[0] ?? 0, cores = availableParallelism()): number {
  return Math.round(idleMillis * Math.min(MOST, Math.max(1, load / cores)));
}
