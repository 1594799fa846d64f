// Differences between two measurements in their requests (the scenario: networks, hosts, links; the
// settings of cells; events) and in their circumstances: machine, software and offloads. A detail
// that one of them lacks is unknown, and not the same.

import { numbered } from "./format.ts";
import type { Environment, Manifest } from "./results.ts";

export interface Differences {
  asked: readonly Change[];
  found: readonly Change[];
  /** Details that results of an early version do not have. */
  unknown: readonly string[];
}

export interface Change {
  name: string;
  before: string;
  after: string;
}

/** Of two results of a study. */
export function studyDifferences(first: Manifest, second: Manifest): Differences {
  const { asked, found, unknown } = environmentDifferences(first.environment, second.environment);
  const [texts, others] = [first, second].map(({ files, scenario }) => ({ ...files, ...scenario?.files }));
  const kinds = [first, second].map(({ isSmoke }) => ({ measured: isSmoke === true ? "a smoke" : "the study" }));
  return {
    asked: [
      ...changesIn(kinds[0] ?? {}, kinds[1] ?? {}, ""),
      ...cellChanges(first, second),
      ...asked,
      ...changesIn(eventLines(first), eventLines(second), "in no run"),
      ...changesIn(texts ?? {}, others ?? {}, "").map(({ name }) => ({ name, before: "one text", after: "another" })),
    ],
    found,
    unknown,
  };
}

export function environmentDifferences(before: Environment, after: Environment): Differences {
  const compared = ASPECTS.map((aspect) => ({ ...aspect, lines: [aspect.read(before), aspect.read(after)] as const }));
  const changes = (isAsked: boolean) =>
    compared
      .filter((aspect) => aspect.isAsked === isAsked)
      .flatMap(({ absent, lines: [one, other] }) =>
        one === undefined || other === undefined ? [] : changesIn(one, other, absent),
      );
  const unknown = compared.filter(({ lines }) => lines.includes(undefined)).map(({ name }) => name);
  return { asked: changes(true), found: changes(false), unknown };
}

type Lines = Readonly<Record<string, string>>;

interface Aspect {
  name: string;
  isAsked: boolean;
  /** The meaning of a line that is missing. */
  absent: string;
  /** Undefined if it was not kept. */
  read(environment: Environment): Lines | undefined;
}

const ASPECTS: readonly Aspect[] = [
  { name: "topology", isAsked: true, absent: "none", read: topologyLines },
  { name: "settings of hosts", isAsked: true, absent: "none", read: hostLines },
  { name: "facts", isAsked: false, absent: "none", read: ({ facts }) => facts },
  { name: "offloads", isAsked: false, absent: "off", read: offloadLines },
];

function changesIn(first: Lines, second: Lines, absent: string): Change[] {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return names.flatMap((name) => {
    const [before = absent, after = absent] = [first[name], second[name]];
    return before === after ? [] : [{ name, before, after }];
  });
}

/** Of cells that both have, each change once. Without their settings, the study's text decides. */
function cellChanges(first: Manifest, second: Manifest): Change[] {
  const others = new Map(second.cells.map(({ id, settings }) => [id, settings]));
  const common = first.cells.filter(({ id }) => others.has(id));
  if (common.some(({ id, settings }) => settings === undefined || others.get(id) === undefined)) {
    const isSame = first.source === second.source;
    const after = "another, and early results did not keep what it sets";
    return isSame ? [] : [{ name: "the study's file", before: "one text", after }];
  }
  const changes = common.flatMap(({ id, settings = {} }) =>
    changesIn(settings, others.get(id) ?? {}, "none").map((change) => ({ ...change, id })),
  );
  const alike = Map.groupBy(changes, ({ name, before, after }) => JSON.stringify([name, before, after]));
  return [...alike.values()].flatMap((cells) =>
    cells.slice(0, 1).map(({ name, before, after, id }) => {
      const where = cells.length === 1 ? `of ${id}` : `in ${numbered(cells.length, "cell")}`;
      return { name: `${name} ${where}`, before, after };
    }),
  );
}

/** Changes of links in every run, which are no settings of a cell. */
function eventLines({ events = [] }: Manifest): Lines {
  return Object.fromEntries(events.map((event) => [event, "in every run"]));
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
