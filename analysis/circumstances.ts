// What differs between the circumstances of two measurements: machine and software, networks, hosts,
// links and offloads. What one of them does not say is unknown, and not the same.

import type { Environment } from "./results.ts";

export interface Differences {
  changes: readonly Change[];
  /** What results of an early version did not keep. */
  unknown: readonly string[];
}

export interface Change {
  name: string;
  before: string;
  after: string;
}

export function differencesOf(before: Environment, after: Environment): Differences {
  const compared = ASPECTS.map(({ name, absent, read }) => ({
    name,
    absent,
    first: read(before),
    second: read(after),
  }));
  return {
    changes: compared.flatMap(({ absent, first, second }) =>
      first === undefined || second === undefined ? [] : changesIn(first, second, absent),
    ),
    unknown: compared.flatMap(({ name, first, second }) => (first === undefined || second === undefined ? [name] : [])),
  };
}

type Lines = Readonly<Record<string, string>>;

interface Aspect {
  name: string;
  /** What a line that is missing means. */
  absent: string;
  /** Undefined if it was not kept. */
  read(environment: Environment): Lines | undefined;
}

const ASPECTS: readonly Aspect[] = [
  { name: "facts", absent: "none", read: ({ facts }) => facts },
  { name: "topology", absent: "none", read: topologyLines },
  { name: "settings of hosts", absent: "none", read: hostLines },
  { name: "offloads", absent: "off", read: offloadLines },
];

function changesIn(first: Lines, second: Lines, absent: string): Change[] {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return names.flatMap((name) => {
    const [before = absent, after = absent] = [first[name], second[name]];
    return before === after ? [] : [{ name, before, after }];
  });
}

function topologyLines({ topology: { networks, hosts, links } }: Environment): Lines {
  return Object.fromEntries([
    ["networks", networks.join(", ")],
    ...hosts.map(({ name, role, on, within }) => [
      name,
      `${role} on ${on}${within === undefined ? "" : `, in ${within}`}`,
    ]),
    ...links.map(({ name, between, settings }) => [name, `${between.join(" to ")}: ${settings}`]),
  ]);
}

function hostLines({ topology: { hosts } }: Environment): Lines | undefined {
  if (hosts.some(({ settings }) => settings === undefined)) return undefined;
  return Object.fromEntries(hosts.map(({ name, settings = "" }) => [`settings of ${name}`, settings]));
}

function offloadLines({ offloads }: Environment): Lines | undefined {
  if (offloads === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(offloads).flatMap(([host, interfaces]) =>
      Object.entries(interfaces).flatMap(([device, features]) =>
        features.map((feature) => [`${feature} of ${host} ${device}`, "on"]),
      ),
    ),
  );
}
