// Whether the subnets that a scenario asks for are sound, apart from each other, and large enough for what is on them.

import type { Problem } from "../../lib/errors.ts";
import { DEFAULT_PREFIX_LENGTH, managementOffsets, memberOffsets, neededSize } from "./capacity.ts";
import type { Draft } from "./draft.ts";
import { isPrivate, overlaps, parseSubnet, type Subnet, subnetSize } from "./subnet.ts";

const MIN_PREFIX_LENGTH = 12;
const MAX_PREFIX_LENGTH = 28;
const SUBNET_RANGE = `a private subnet (RFC 1918) of /${MIN_PREFIX_LENGTH} to /${MAX_PREFIX_LENGTH}, such as 10.9.1.0/24`;

export function checkSubnets(draft: Draft): Problem[] {
  const sound = [...draft.networks].flatMap(([name, { subnet: text }]) => {
    const subnet = text === undefined ? undefined : parseSubnet(text);
    return text !== undefined && subnet !== undefined && isUsable(subnet) ? [{ name, text, subnet }] : [];
  });
  return [
    ...[...draft.networks].flatMap(([name, { subnet: text }]): Problem[] => {
      if (text === undefined || sound.some((other) => other.name === name)) return [];
      const message = `${text} is no such subnet${missingPrefixHint(text)}`;
      return [{ code: "E_BAD_SUBNET", path: `networks.${name}.subnet`, message, allowed: SUBNET_RANGE }];
    }),
    ...sound.flatMap(({ name, text, subnet }, index) =>
      sound
        .slice(0, index)
        .filter((other) => overlaps(other.subnet, subnet))
        .map((other) => ({
          code: "E_SUBNET_OVERLAP",
          path: `networks.${name}.subnet`,
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

function checkSizes({ networks, hosts, links }: Draft): Problem[] {
  const members = [...hosts].flatMap(([name, { on }]) => (on === undefined ? [] : [{ name, network: on }]));
  const edges = [...links].flatMap(([name, { between }]) => (between === undefined ? [] : [{ name, between }]));
  const tooSmall = (path: string, offsets: ReadonlyMap<string, number>, prefixLength: number): Problem[] => {
    const size = subnetSize({ base: 0, prefixLength });
    const needed = neededSize(offsets);
    if (needed <= size) return [];
    const message = `a /${prefixLength} has ${size} addresses, and ${offsets.size} hosts and links need ${needed}`;
    return [{ code: "E_SUBNET_TOO_SMALL", path, message, allowed: "a larger subnet, or fewer hosts and links" }];
  };
  return [
    ...[...networks].flatMap(([name, { subnet }]) => {
      const asked = subnet === undefined ? { prefixLength: DEFAULT_PREFIX_LENGTH } : parseSubnet(subnet);
      const path = subnet === undefined ? `networks.${name}` : `networks.${name}.subnet`;
      return asked === undefined || asked.prefixLength > MAX_PREFIX_LENGTH
        ? []
        : tooSmall(path, memberOffsets(name, members, edges), asked.prefixLength);
    }),
    ...tooSmall("hosts", managementOffsets([...hosts.keys(), ...links.keys()]), DEFAULT_PREFIX_LENGTH),
  ];
}
