// How busy a core was, by the kernel's counts: all programs and interrupts.

import { readFileSync } from "node:fs";

/**
 * Begins to watch a core. The returned function gives the share of the time since then in which it
 * was not idle, 0 to 1.
 */
export function watchCore(core: string): () => number {
  const before = times(core);
  return () => {
    const after = times(core);
    const all = after.all - before.all;
    return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
  };
}

/** /proc/stat, in ticks: user, nice, system, idle, iowait, irq, softirq, steal. */
function times(core: string): { idle: number; all: number } {
  const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "";
  const [user, nice, system, idle, wait, interrupt, soft, steal] = line.split(" ").map(Number) as number[];
  const parts = [user, nice, system, idle, wait, interrupt, soft, steal] as number[];
  return { idle: (idle as number) + (wait as number), all: parts.reduce((sum, part) => sum + part, 0) };
}
