// The common parts of tests of one link: settings alike both ways, counters, and an iperf server.

import type { DirectionCounters } from "../../lib/contract/link.ts";
import { type Direction, UNIMPAIRED } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { Rig } from "./link-rig.ts";

/**
 * Forwarding through the guest and the bridges costs some tenths of a millisecond, on a busy
 * machine more.
 */
export const PATH_MILLIS = 3;

export const both = (direction: Partial<Direction>, seed: number | null = null): LinkSettings => ({
  forward: { ...UNIMPAIRED, ...direction },
  backward: { ...UNIMPAIRED, ...direction },
  seed,
});

export async function undelivered(rig: Rig): Promise<DirectionCounters> {
  return (await rig.request("link.counters", {})).forward;
}

/** Resolves when it listens; it ends after one test. */
export async function startIperfServer(rig: Rig): Promise<void> {
  await rig.at("b", "iperf3", "--server", "--one-off", "--daemon");
  await rig.at("b", "sh", "-c", "until ss -Hltn sport = :5201 | grep -q .; do sleep 0.05; done");
}
