// How long a machine keeps a program from running: a loop that does nothing but look at the clock,
// on each of two cores at once, and the gaps between its looks. As a program: `SECONDS`. No other
// program can be more punctual there. The kernel of a virtual machine need not know of it: it
// counted no steal time where one to five hundredths were lost (2026-11-29).

import { print, runProgram } from "../../lib/program.ts";
import { runPinned } from "./pinned.ts";

export interface Pauses {
  /** Of the time, 0 to 1, that is in gaps above a millisecond. */
  share: number;
  longestMillis: number;
}

const GAP_MILLIS = 1;

/** The pauses of the first core, while the second one is as busy. */
export async function measurePauses(cores: readonly [string, string], seconds: number): Promise<Pauses> {
  const command = [process.execPath, import.meta.filename, String(seconds)];
  const [first] = await Promise.all(cores.map((core) => runPinned(core, command)));
  return JSON.parse(first?.stdout ?? "");
}

/** Gaps between looks at the clock, for so long. */
function spin(seconds: number): Pauses {
  const beganMillis = performance.now();
  const endMillis = beganMillis + 1000 * seconds;
  let [lostMillis, longestMillis, before] = [0, 0, beganMillis];
  while (before < endMillis) {
    const now = performance.now();
    const gap = now - before;
    if (gap > GAP_MILLIS) lostMillis += gap;
    longestMillis = Math.max(longestMillis, gap);
    before = now;
  }
  return { share: lostMillis / (before - beganMillis), longestMillis };
}

if (import.meta.main) {
  await runProgram(async () => {
    await print(JSON.stringify(spin(Number(process.argv[2]))));
    return 0;
  });
}
