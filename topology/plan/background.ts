// The gentle load that hosts run in the background, so that there is something to see after `up`;
// roles/ defines it.

import { isDeepStrictEqual } from "node:util";
import type { Background } from "../../lib/contract/contract.ts";
import type { Host, Topology } from "../model/topology.ts";
import { hostsApart } from "../model/within.ts";
import { endpointOf, hostRole } from "../roles/table.ts";

/**
 * The load of a host, by its role; null if its only possible target is itself, and for hosts
 * without a load.
 */
export function backgroundOf({ name, role, options }: Host, { hosts }: Topology): Background | null {
  const { background } = hostRole(role, options);
  if (background === null) return null;
  for (const host of hostsApart(hosts)) {
    const endpoint = endpointOf(host.role, host.options);
    if (endpoint?.name === background.asks)
      return host.name === name ? null : background.load(`${host.name}:${endpoint.port}`);
  }
  return null;
}

/** Whether hosts of this role take a background load. */
export function takesBackground({ role, options }: Host): boolean {
  return hostRole(role, options).background !== null;
}

/** Why a host's background load must be set or removed; null if it is as wanted. */
export function reasonForBackground(
  wanted: Background | null,
  held: Background | null,
  isMade: boolean,
): string | null {
  const now = isMade ? null : held;
  if (isDeepStrictEqual(now, wanted)) return null;
  if (wanted === null) return "no background load is wanted";
  return now === null ? "it has no background load" : "its background load is another";
}
