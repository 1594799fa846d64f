// Counters of a link cost a process or two in the guest, 30 ms of a core. What has not moved is not read again: while no frame
// has come or gone on the data interfaces, nothing was under way, and the settings are the same, the last reading holds.

import { readFileSync } from "node:fs";
import type { LinkCounters } from "../../lib/contract/link.ts";
import { DIRECTIONS } from "../../lib/link/link.ts";

/**
 * `read`, but what it gave last time where `signs` (anything that tells whether something moved) are the same and nothing was
 * under way then.
 */
export function whenMoved(read: () => Promise<LinkCounters>, signs: () => string): () => Promise<LinkCounters> {
  let last: { signs: string; counters: LinkCounters } | null = null;
  return async () => {
    const now = signs(); // before the counters: what moves meanwhile shows next time
    if (last?.signs === now) return last.counters;
    const counters = await read();
    const isStill = DIRECTIONS.every(
      (name) => counters[name].propagating.packets + counters[name].queued.packets === 0,
    );
    last = isStill ? { signs: now, counters } : null;
    return counters;
  };
}

/** What the kernel counted on these interfaces of the container itself, as text. */
export function interfaceCounts(names: readonly string[]): string {
  const lines = readFileSync("/proc/net/dev", "utf8").split("\n");
  return lines.filter((line) => names.some((name) => line.trimStart().startsWith(`${name}:`))).join("\n");
}
