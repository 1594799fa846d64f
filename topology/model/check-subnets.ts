// Whether the subnets that a scenario chooses are valid, disjoint, and large enough for their
// members.

import type { Problem } from "../../lib/errors.ts";
import { DEFAULT_PREFIX_LENGTH, managementOffsets, memberOffsets, neededSize } from "./capacity.ts";
import type { Draft } from "./draft.ts";
import { isPrivate, overlaps, parseSubnet, type Subnet, subnetSize } from "./subnet.ts";
import { MANAGEMENT } from "./topology.ts";

const MIN_PREFIX_LENGTH = 12;
const MAX_PREFIX_LENGTH = 28;
const SUBNET_RANGE = `a subnet of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 198.18.0.0/15 or 100.64.0.0/10, of /${MIN_PREFIX_LENGTH} to /${MAX_PREFIX_LENGTH}, such as 10.9.1.0/24`;

export function checkSubnets(draft: Draft): Problem[] {
  const asked = [
    ...[...draft.networks].map(([name, { subnet }]) => ({ name, path: `networks.${name}.subnet`, text: subnet })),
    { name: MANAGEMENT, path: "mgmt.subnet", text: draft.mgmt.subnet },
  ];
  const sound = asked.flatMap(({ name, path, text }) => {
    const subnet = text === undefined ? undefined : parseSubnet(text);
    return text !== undefined && subnet !== undefined && isUsable(subnet) ? [{ name, path, text, subnet }] : [];
  });
  return [
    ...asked.flatMap(({ path, text }): Problem[] => {
      if (text === undefined || sound.some((other) => other.path === path)) return [];
      const message = `${text} is no such subnet${missingPrefixHint(text)}`;
      return [{ code: "E_BAD_SUBNET", path, message, allowed: SUBNET_RANGE }];
    }),
    ...sound.flatMap(({ path, text, subnet }, index) =>
      sound
        .slice(0, index)
        .filter((other) => overlaps(other.subnet, subnet))
        .map((other) => ({
          code: "E_SUBNET_OVERLAP",
          path,
          message: `${text} overlaps ${other.text} of ${other.name}`,
          allowed: "subnets apart from each other",
        })),
    ),
    ...checkSizes(draft),
  ];
}

function isUsable(subnet: Subnet): boolean {
  return isPrivate(subnet) && subnet.prefixLength >= MIN_PREFIX_LENGTH && subnet.prefixLength <= MAX_PREFIX_LENGTH;
}

function missingPrefixHint(text: string): string {
  return /^\d+(\.\d+){3}$/.test(text) ? ": its prefix length is missing" : "";
}

function checkSizes({ networks, mgmt, hosts, links }: Draft): Problem[] {
  const members = [...hosts].flatMap(([name, { on }]) => (on === undefined ? [] : [{ name, network: on }]));
  const edges = [...links].flatMap(([name, { between }]) => (between === undefined ? [] : [{ name, between }]));
  const tooSmall = (path: string, offsets: ReadonlyMap<string, number>, prefixLength: number): Problem[] => {
    const size = subnetSize({ base: 0, prefixLength });
    const needed = neededSize(offsets);
    if (needed <= size) return [];
    const message = `a /${prefixLength} has ${size} addresses, and ${offsets.size} hosts and links need ${needed}`;
    return [{ code: "E_SUBNET_TOO_SMALL", path, message, allowed: "a larger subnet, or fewer hosts and links" }];
  };
  const sized = (path: string, subnet: string | undefined, offsets: ReadonlyMap<string, number>): Problem[] => {
    const asked = subnet === undefined ? { prefixLength: DEFAULT_PREFIX_LENGTH } : parseSubnet(subnet);
    return asked === undefined || asked.prefixLength > MAX_PREFIX_LENGTH
      ? []
      : tooSmall(path, offsets, asked.prefixLength);
  };
  return [
    ...[...networks].flatMap(([name, { subnet }]) =>
      sized(
        subnet === undefined ? `networks.${name}` : `networks.${name}.subnet`,
        subnet,
        memberOffsets(name, members, edges),
      ),
    ),
    ...sized(
      mgmt.subnet === undefined ? "hosts" : "mgmt.subnet",
      mgmt.subnet,
      managementOffsets([...members.map(({ name }) => name), ...links.keys()]),
    ),
  ];
}
