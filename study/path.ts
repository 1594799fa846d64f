// The links of a scenario that packets between two hosts cross.

import { nextLinks, otherEnd, pathBetween } from "../topology/model/graph.ts";
import type { Host } from "../topology/model/topology.ts";
import type { PathLink } from "./snapshot.ts";

/** The part of a topology that says the way. */
export interface Hops {
  networks: readonly { name: string }[];
  hosts: readonly Pick<Host, "name" | "network">[];
  links: readonly { name: string; between: readonly [string, string] }[];
}

/**
 * In the order in which they are crossed, each with its outward direction; none if there is no way.
 */
export function linksBetween(
  { networks, hosts, links }: Hops,
  from: string,
  to: string,
): Pick<PathLink, "name" | "outward">[] {
  const networkOf = (name: string) => hosts.find((host) => host.name === name)?.network ?? "";
  const next = nextLinks(
    networks.map(({ name }) => name),
    links,
  );
  let at = networkOf(from);
  return (pathBetween(at, networkOf(to), links, next) ?? []).map((link) => {
    const outward = link.between[0] === at ? "forward" : "backward";
    at = otherEnd(link, at) ?? "";
    return { name: link.name, outward };
  });
}
