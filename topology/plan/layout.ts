// Where everything is: a subnet for each network, an address for each member, the way from each network to the others.
// The scenario's own wish comes first; else what exists keeps its subnet; else the first free one is chosen.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import { DEFAULT_PREFIX_LENGTH, GATEWAY_OFFSET, managementOffsets, memberOffsets } from "../model/capacity.ts";
import { type NextLink, nextLinks } from "../model/graph.ts";
import {
  addressAt,
  formatSubnet,
  overlaps,
  parseCoveringSubnet,
  parseSubnet,
  type Subnet,
  subnetSize,
} from "../model/subnet.ts";
import type { Network, Topology } from "../model/topology.ts";
import { dockerName, MANAGEMENT } from "./names.ts";
import type { Observed } from "./observed.ts";

export interface Layout {
  /** Every network, the management network among them. */
  networks: string[];
  subnetOf(network: string): Subnet;
  gatewayOf(network: string): string;
  /** Address of a host or link on a network that it is on. */
  addressOf(member: string, network: string): string;
  nextLink: NextLink;
}

/** Throws E_SUBNET_CLASH with every subnet asked for that is in use, E_NO_FREE_SUBNET when none is left to choose. */
export function layOut(topology: Topology, observed: Observed): Layout {
  const { hosts, links } = topology;
  const subnets = chooseSubnets(topology, observed);
  const names = [...hosts, ...links].map(({ name }) => name);
  const offsets = new Map(topology.networks.map(({ name }) => [name, memberOffsets(name, hosts, links)]));
  offsets.set(MANAGEMENT, managementOffsets(names));
  const subnetOf = (network: string) => subnets.get(network) as Subnet;
  return {
    networks: [...subnets.keys()],
    subnetOf,
    gatewayOf: (network) => addressAt(subnetOf(network), GATEWAY_OFFSET),
    addressOf: (member, network) => addressAt(subnetOf(network), offsets.get(network)?.get(member) as number),
    nextLink: nextLinks(
      topology.networks.map(({ name }) => name),
      links,
    ),
  };
}

/** Subnets are chosen from here when nobody asks for one. */
const POOL: Subnet = { base: (parseSubnet("10.200.0.0/16") as Subnet).base, prefixLength: 16 };

interface Used {
  subnet: Subnet;
  by: string;
}

function chooseSubnets(topology: Topology, observed: Observed): Map<string, Subnet> {
  const networks: Network[] = [{ name: MANAGEMENT, subnet: null }, ...topology.networks];
  const held = new Map(observed.networks.map(({ name, subnet }) => [name, subnet]));
  const others = usedByOthers(topology.name, observed);
  refuseClashes(topology, others);
  const asked = new Map(
    networks.flatMap(({ name, subnet }) => (subnet === null ? [] : [[name, parseSubnet(subnet) as Subnet] as const])),
  );
  const wishes = [...asked.values()];
  for (const { name } of networks) {
    const kept = parseSubnet(held.get(dockerName(topology.name, name)) ?? "");
    if (asked.has(name) || kept?.prefixLength !== DEFAULT_PREFIX_LENGTH) continue;
    if (!wishes.some((wish) => overlaps(wish, kept))) asked.set(name, kept);
  }
  const used = [...others.map(({ subnet }) => subnet), ...asked.values()];
  return new Map(
    networks.map(({ name }) => {
      const subnet = asked.get(name) ?? firstFree(used, name);
      used.push(subnet);
      return [name, subnet];
    }),
  );
}

function usedByOthers(scenario: string, { foreignSubnets, networks }: Observed): Used[] {
  const ours = networks.filter(({ labels }) => labels["rttlab.scenario"] !== scenario);
  const foreign = foreignSubnets.map((text) => ({ text, by: "another network or a route of this machine" }));
  return [...foreign, ...ours.map(({ name, subnet }) => ({ text: subnet, by: name }))].flatMap(({ text, by }) => {
    const subnet = parseCoveringSubnet(text);
    return subnet === undefined || subnet.prefixLength === 0 ? [] : [{ subnet, by }];
  });
}

function refuseClashes({ name: scenario, networks }: Topology, others: readonly Used[]): void {
  const problems = networks.flatMap(({ name, subnet: text }): Problem[] => {
    const subnet = text === null ? undefined : parseSubnet(text);
    const clash = subnet && others.find((other) => overlaps(other.subnet, subnet));
    if (clash === undefined) return [];
    const message = `${text} overlaps ${formatSubnet(clash.subnet)} of ${clash.by}`;
    return [
      { code: "E_SUBNET_CLASH", path: `networks.${name}.subnet`, message, allowed: "a subnet that nothing uses" },
    ];
  });
  if (problems.length > 0) {
    throw new RttlabError("E_SUBNET_CLASH", `planning ${scenario}: subnets that it asks for are in use`, { problems });
  }
}

function firstFree(used: readonly Subnet[], network: string): Subnet {
  const size = subnetSize({ base: 0, prefixLength: DEFAULT_PREFIX_LENGTH });
  for (let base = POOL.base; base < POOL.base + subnetSize(POOL); base += size) {
    const candidate = { base, prefixLength: DEFAULT_PREFIX_LENGTH };
    if (!used.some((other) => overlaps(other, candidate))) return candidate;
  }
  throw new RttlabError(
    "E_NO_FREE_SUBNET",
    `choosing a subnet for ${network}: every /${DEFAULT_PREFIX_LENGTH} of ${formatSubnet(POOL)} is in use; give it one in the scenario`,
  );
}
