// The layout: a subnet for each network, an address for each member, and the routes between
// networks. subnets.ts chooses the subnets.

import { GATEWAY_OFFSET, managementOffsets, memberOffsets } from "../model/capacity.ts";
import { type NextLink, nextLinks } from "../model/graph.ts";
import { addressAt, type Subnet } from "../model/subnet.ts";
import { MANAGEMENT, type Topology } from "../model/topology.ts";
import { hostsApart, outermost } from "../model/within.ts";
import type { Observed } from "./observed.ts";
import { chooseSubnets } from "./subnets.ts";

export interface Layout {
  /** Every network, including the management network. */
  networks: string[];
  subnetOf(network: string): Subnet;
  gatewayOf(network: string): string;
  /** Address of a host or link on a network that it is on; of a host within another, that one's. */
  addressOf(member: string, network: string): string;
  nextLink: NextLink;
}

/** Throws as chooseSubnets does. */
export function layOut(topology: Topology, observed: Observed): Layout {
  const { hosts, links } = topology;
  const subnets = chooseSubnets(topology, observed);
  const apart = hostsApart(hosts);
  const outerOf = new Map(hosts.map((host) => [host.name, outermost(host)]));
  const names = [...apart, ...links].map(({ name }) => name);
  const offsets = new Map(topology.networks.map(({ name }) => [name, memberOffsets(name, apart, links)]));
  offsets.set(MANAGEMENT, managementOffsets(names));
  const subnetOf = (network: string) => subnets.get(network) as Subnet;
  return {
    networks: [...subnets.keys()],
    subnetOf,
    gatewayOf: (network) => addressAt(subnetOf(network), GATEWAY_OFFSET),
    addressOf(member, network) {
      return addressAt(subnetOf(network), offsets.get(network)?.get(outerOf.get(member) ?? member) as number);
    },
    nextLink: nextLinks(
      topology.networks.map(({ name }) => name),
      links,
    ),
  };
}
