// The path of each request: always the same, or one of several drawn by weight. A draw is a
// function of (seed, stream, index), so that two loads of a seed ask for the same in the same
// order.

import type { LoadSettings } from "../../lib/contract/load/load.ts";
import { randomAt } from "../../lib/random.ts";

/** The stream of an open load's paths; the users of a closed load have those after it. */
export const PATHS = 1;

/** The path of the request at `index` of a stream. */
export function pathsOf({ path, paths, seed }: LoadSettings): (stream: number, index: number) => string {
  if (paths === null) return () => path;
  if (paths.order === "replayed") {
    const { entries } = paths;
    return (_, index) => (entries[index % entries.length] as { path: string }).path;
  }
  const sums: number[] = [];
  let sum = 0;
  for (const { weight } of paths.entries) {
    sum += weight;
    sums.push(sum);
  }
  return (stream, index) => {
    const at = firstAtLeast(sums, randomAt(seed, PATHS + stream, index) * sum);
    return (paths.entries[at] as { path: string }).path;
  };
}

/** Where the first of the growing numbers is that reaches `least`; the last if none does. */
function firstAtLeast(sums: readonly number[], least: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) >= least) high = middle;
    else low = middle + 1;
  }
  return low;
}
