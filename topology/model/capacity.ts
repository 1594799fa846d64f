// The place of each address in a subnet: 1 for the bridge's gateway, from 2 the legs of links, from
// 10 (or after the legs) the hosts. The model refuses what does not fit, and the plan assigns the
// addresses; both count here.

import { WATCHERS, type Watcher } from "../roles/table.ts";
import type { Host, Link } from "./topology.ts";

export const GATEWAY_OFFSET = 1;
const FIRST_LEG_OFFSET = 2;
const FIRST_HOST_OFFSET = 10;

/** Prefix length of a subnet that the scenario does not choose. */
export const DEFAULT_PREFIX_LENGTH = 24;

/** Offsets of the members of one data network, by name of link and host. */
export function memberOffsets(
  network: string,
  hosts: readonly Pick<Host, "name" | "network">[],
  links: readonly Pick<Link, "name" | "between">[],
): Map<string, number> {
  const legs = links.filter(({ between }) => between.includes(network));
  const members = hosts.filter((host) => host.network === network);
  const firstHost = Math.max(FIRST_HOST_OFFSET, FIRST_LEG_OFFSET + legs.length);
  return new Map([
    ...legs.map(({ name }, index) => [name, FIRST_LEG_OFFSET + index] as const),
    ...members.map(({ name }, index) => [name, firstHost + index] as const),
  ]);
}

/** A watcher's key among the offsets; names of hosts and links contain no dot. */
export function watcherKey(watcher: Watcher): string {
  return `.${watcher}`;
}

/** Offsets on the management network, where every host, link and watcher has one. */
export function managementOffsets(names: readonly string[]): Map<string, number> {
  const all = [...names, ...WATCHERS.map(watcherKey)];
  return new Map(all.map((name, index) => [name, FIRST_HOST_OFFSET + index] as const));
}

/**
 * Addresses that a subnet must span for these offsets, including the broadcast address at the end.
 */
export function neededSize(offsets: ReadonlyMap<string, number>): number {
  return Math.max(GATEWAY_OFFSET, ...offsets.values()) + 2;
}
