// Avoids needless readings: a link's counters cost a process or two in the guest, 30 ms of a core.
// The last reading remains valid while no frame has crossed the data interfaces, nothing was under
// way, and the settings are the same.

import { readFileSync } from "node:fs";
import type { LinkCounters } from "../../lib/contract/link.ts";
import { DIRECTIONS } from "../../lib/link/link.ts";

/**
 * Calls `read`, or returns its last result if `fingerprint` has not changed and nothing was under
 * way then.
 */
export function whenMoved(read: () => Promise<LinkCounters>, fingerprint: () => string): () => Promise<LinkCounters> {
  let last: { fingerprint: string; counters: LinkCounters } | null = null;
  return async () => {
    const now = fingerprint(); // before the counters, so that later movement shows next time
    if (last?.fingerprint === now) return last.counters;
    const counters = await read();
    const isStill = DIRECTIONS.every(
      (name) => counters[name].propagating.packets + counters[name].queued.packets === 0,
    );
    last = isStill ? { fingerprint: now, counters } : null;
    return counters;
  };
}

/** The kernel's counts for these interfaces of the container, as text. */
export function interfaceCounts(names: readonly string[]): string {
  const lines = readFileSync("/proc/net/dev", "utf8").split("\n");
  return lines.filter((line) => names.some((name) => line.trimStart().startsWith(`${name}:`))).join("\n");
}
