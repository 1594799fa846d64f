// The subnet of each network: the scenario's choice, else the existing subnet, else a free one.
// Docker only refuses overlaps with its other networks and accepts any chosen subnet beside the
// machine's routes (tried on 20.10). The kernel then prefers the narrower route, so a broader one,
// such as a VPN's, is no obstacle.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import { DEFAULT_PREFIX_LENGTH } from "../model/capacity.ts";
import { formatSubnet, overlaps, parseCoveringSubnet, parseSubnet, type Subnet, subnetSize } from "../model/subnet.ts";
import { MANAGEMENT, type Network, type Topology } from "../model/topology.ts";
import { dockerName, scenarioOf } from "./names.ts";
import type { Observed } from "./observed.ts";

/** Ranges for free subnets, in this order. */
const POOLS = [
  "10.200.0.0/16", // away from the beginning of 10/8, where VPNs, clusters and clouds begin as well
  "198.18.0.0/15", // for testbeds (RFC 2544, RFC 6815), so nobody else's network may use it
  "172.16.0.0/16", // the only part of 172.16/12 that Docker does not choose from by itself
  "192.168.192.0/18", // home routers take the beginning of 192.168/16
  "100.64.0.0/10", // of carriers (RFC 6598), and of some VPNs
].map((text) => parseSubnet(text) as Subnet);

/**
 * A broader route is the default one in pieces (0.0.0.0/1 and 128.0.0.0/1), which covers everything
 * private.
 */
const BROADEST_PREFIX_LENGTH = 8;

/**
 * Throws E_SUBNET_CLASH with every chosen subnet that is in use, E_NO_FREE_SUBNET if none is left.
 */
export function chooseSubnets(topology: Topology, observed: Observed): Map<string, Subnet> {
  const networks: Network[] = [{ name: MANAGEMENT, subnet: topology.managementSubnet }, ...topology.networks];
  const held = new Map(observed.networks.map(({ name, subnet }) => [name, subnet]));
  const taken = takenByOthers(topology.name, observed);
  refuseClashes(topology.name, networks, taken);
  const chosen = new Map(
    networks.flatMap(({ name, subnet }) => (subnet === null ? [] : [[name, parseSubnet(subnet) as Subnet] as const])),
  );
  const wishes = [...chosen.values()];
  for (const { name } of networks) {
    const kept = parseSubnet(held.get(dockerName(topology.name, name)) ?? "");
    if (chosen.has(name) || kept?.prefixLength !== DEFAULT_PREFIX_LENGTH) continue;
    if (!wishes.some((wish) => overlaps(wish, kept))) chosen.set(name, kept);
  }
  const routed = observed.machineSubnets.flatMap(subnetOf).filter(isNoDefault);
  return new Map(
    networks.map(({ name }) => {
      const isFree = (subnet: Subnet) =>
        !taken.some(({ clashes }) => clashes(subnet)) && ![...chosen.values()].some((other) => overlaps(other, subnet));
      const isUnrouted = (subnet: Subnet) => !routed.some((route) => overlaps(route, subnet));
      const subnet = chosen.get(name) ?? first((each) => isFree(each) && isUnrouted(each)) ?? first(isFree);
      if (subnet === undefined) throw noneFree(name);
      chosen.set(name, subnet);
      return [name, subnet];
    }),
  );
}

/**
 * The broader subnet that this machine routes elsewhere and that covers this one; undefined without
 * one.
 */
export function coveringRoute(subnet: Subnet, { machineSubnets }: Observed): string | undefined {
  return machineSubnets.find((text) =>
    subnetOf(text).some(
      (route) => isNoDefault(route) && route.prefixLength < subnet.prefixLength && overlaps(route, subnet),
    ),
  );
}

interface Taken {
  text: string;
  by: string;
  clashes(subnet: Subnet): boolean;
}

function takenByOthers(scenario: string, { foreignSubnets, machineSubnets, networks }: Observed): Taken[] {
  const ofDocker = (text: string, by: string) =>
    subnetOf(text).map((taken) => ({ text, by, clashes: (subnet: Subnet) => overlaps(taken, subnet) }));
  const ofMachine = (text: string) =>
    subnetOf(text).map((taken) => ({
      text,
      by: taken.prefixLength === 32 ? "an address that this machine needs" : "a route of this machine",
      clashes: (subnet: Subnet) => taken.prefixLength >= subnet.prefixLength && overlaps(taken, subnet),
    }));
  return [
    ...foreignSubnets.flatMap((text) => ofDocker(text, "another network of Docker")),
    ...networks
      .filter(({ labels }) => scenarioOf(labels) !== scenario)
      .flatMap(({ name, subnet }) => ofDocker(subnet, name)),
    ...machineSubnets.flatMap(ofMachine),
  ];
}

function subnetOf(text: string): Subnet[] {
  const subnet = parseCoveringSubnet(text);
  return subnet === undefined ? [] : [subnet];
}

function isNoDefault({ prefixLength }: Subnet): boolean {
  return prefixLength >= BROADEST_PREFIX_LENGTH;
}

function refuseClashes(scenario: string, networks: readonly Network[], taken: readonly Taken[]): void {
  const problems = networks.flatMap(({ name, subnet: text }): Problem[] => {
    const subnet = text === null ? undefined : parseSubnet(text);
    const clash = subnet && taken.find(({ clashes }) => clashes(subnet));
    if (clash === undefined) return [];
    const path = name === MANAGEMENT ? `${MANAGEMENT}.subnet` : `networks.${name}.subnet`;
    const message = `${text} overlaps ${clash.text} of ${clash.by}`;
    return [{ code: "E_SUBNET_CLASH", path, message, allowed: "a subnet that nothing uses" }];
  });
  if (problems.length > 0) {
    throw new RttlabError("E_SUBNET_CLASH", `planning ${scenario}: subnets that it asks for are in use`, { problems });
  }
}

function first(isWanted: (subnet: Subnet) => boolean): Subnet | undefined {
  const size = subnetSize({ base: 0, prefixLength: DEFAULT_PREFIX_LENGTH });
  for (const pool of POOLS) {
    for (let base = pool.base; base < pool.base + subnetSize(pool); base += size) {
      const candidate = { base, prefixLength: DEFAULT_PREFIX_LENGTH };
      if (isWanted(candidate)) return candidate;
    }
  }
  return undefined;
}

function noneFree(network: string): RttlabError {
  const key = network === MANAGEMENT ? `${MANAGEMENT}: {subnet: …}` : `networks: {${network}: {subnet: …}}`;
  return new RttlabError(
    "E_NO_FREE_SUBNET",
    `choosing a subnet for ${network}: every /${DEFAULT_PREFIX_LENGTH} of ${POOLS.map(formatSubnet).join(", ")} is in use; ` +
      `give it one that nothing uses in the scenario, as \`${key}\``,
  );
}
