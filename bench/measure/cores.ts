// How busy cores were, by the kernel's counts: all programs and interrupts.

import { readFileSync } from "node:fs";
import { median } from "./rounds.ts";

const SAMPLE_MILLIS = 200;

/** A core that was idle for less than this share of the time had no more to give. */
const SATURATED = 0.95;

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

/**
 * Watches cores, named by what runs there, while `work` goes on. The shares are medians over fifths
 * of a second, so that a program's start does not count.
 */
export async function watchCores<Result>(
  cores: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<{ result: Result; busy: Record<string, number> }> {
  const begin = () => Object.entries(cores).map(([name, core]) => ({ name, share: watchCore(core) }));
  const shares: Record<string, number[]> = Object.fromEntries(Object.keys(cores).map((name) => [name, []]));
  let watched = begin();
  const sampler = setInterval(() => {
    for (const { name, share } of watched) shares[name]?.push(share());
    watched = begin();
  }, SAMPLE_MILLIS);
  try {
    const result = await work();
    const busy = Object.entries(shares).map(([name, all]) => [name, all.length === 0 ? 0 : median(all)]);
    return { result, busy: Object.fromEntries(busy) };
  } finally {
    clearInterval(sampler);
  }
}

/** In words, from the shares of several measurements. */
export function saturationOf(all: readonly Record<string, number>[]): string {
  const shares = Object.keys(all[0] ?? {}).map((name) => ({ name, busy: median(all.map((one) => one[name] ?? 0)) }));
  const full = shares.filter(({ busy }) => busy >= SATURATED).map(({ name }) => name);
  const listed = shares.map(({ name, busy }) => `${name} ${(100 * busy).toFixed(0)} %`).join(", ");
  return `saturated: ${full.length === 0 ? "none" : full.join(" and ")} (${listed})`;
}

/** /proc/stat, in ticks: user, nice, system, idle, iowait, irq, softirq, steal. */
function times(core: string): { idle: number; all: number } {
  const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "";
  const [user, nice, system, idle, wait, interrupt, soft, steal] = line.split(" ").map(Number) as number[];
  const parts = [user, nice, system, idle, wait, interrupt, soft, steal] as number[];
  return { idle: (idle as number) + (wait as number), all: parts.reduce((sum, part) => sum + part, 0) };
}
