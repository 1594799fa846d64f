// Reads the settings of a cell: the link, host or measurement of each key, and whether its value is
// valid there. Links are checked against the scenario by the code of `topology set`, so that a
// level out of range is refused before anything runs.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { parseQuantity } from "../../lib/units.ts";
import { changeSettings } from "../../topology/model/set.ts";
import type { Host, Topology } from "../../topology/model/topology.ts";
import { hostsApart } from "../../topology/model/within.ts";
import { hostProblem } from "../hosts/options.ts";
import type { MeasureKind } from "../measures/measure.ts";
import { kindNamed, MEASURES } from "../measures/table.ts";
import { linksBetween } from "../path.ts";
import type { Settings } from "./study.ts";

/**
 * A study should run wherever its links can be made, so no link may exceed the smallest backend.
 */
export const SMALLEST_BACKEND = "uml";

/** The settings of one cell. */
export interface CellSettings {
  /** Words of `topology set`, by link. */
  links: Readonly<Record<string, readonly string[]>>;
  /** Kernel settings and options by host. */
  hosts: Readonly<Record<string, Settings>>;
  measure: Measurement;
  /** Others at the same time, over the same links. */
  beside: readonly (Measurement & { name: string; afterMillis: number })[];
}

export interface Measurement {
  kind: MeasureKind;
  host: string;
  words: Settings;
}

export interface ReadSettings {
  settings: CellSettings | null;
  problems: Problem[];
}

/** `pathOf` returns the place in the file where a key is set. */
export function readSettings(settings: Settings, topology: Topology, pathOf: (key: string) => string): ReadSettings {
  const problems: Problem[] = [];
  const place = (key: string, problem: Problem) => problems.push({ ...problem, ...placed(key, pathOf(key), problem) });
  const refuse: Refuse = (key, code, message, allowed) => place(key, { code, path: key, message, allowed });
  const links: Record<string, string[]> = {};
  const hosts: Record<string, Record<string, string>> = {};
  const measured: Record<string, string> = {};
  const ofKinds: Record<string, Record<string, string>> = {};
  const besides: Record<string, Record<string, string>> = {};
  for (const [key, text] of Object.entries(settings)) {
    const [about, name = "", ...rest] = key.split(".");
    const word = rest.join(".");
    if (about === "measure" && rest.length === 0) measured[name] = text;
    else if (about === "measure") ofKinds[name] = { ...ofKinds[name], [word]: text };
    else if (about === "beside") besides[name] = { ...besides[name], [word]: text };
    else if (about === "link") {
      if (topology.links.some((link) => link.name === name))
        links[name] = [...(links[name] ?? []), ...wordsOf(word, text)];
      else refuse(key, "E_NO_SUCH_LINK", `${topology.name} has no link ${name}`, names(topology.links));
    } else if (about === "host") {
      const host = topology.hosts.find((one) => one.name === name);
      const problem = host === undefined ? undefined : hostProblem(host, word, text);
      if (problem === undefined)
        refuse(key, "E_NO_SUCH_HOST", `${topology.name} has no host ${name}`, names(topology.hosts));
      else if (problem !== null) place(key, problem);
      else hosts[name] = { ...hosts[name], [word]: text };
    } else refuse(key, "E_UNKNOWN_KEY", "is no setting", KEYS);
  }
  for (const { path, ...problem } of linkProblems(links, topology)) place(path, { path, ...problem });
  const measure = readMeasure(measured, ofKinds, topology.hosts, refuse);
  const beside = measure === null ? [] : readBesides(besides, measure, topology, refuse);
  return { settings: problems.length > 0 || measure === null ? null : { links, hosts, measure, beside }, problems };
}

/** A factor that sets several keys, or lacks one, does not show which by its place alone. */
export function placed(
  key: string,
  path: string,
  { message }: Pick<Problem, "message">,
): Pick<Problem, "path" | "message"> {
  return { path, message: path.endsWith(key) ? message : `${key}: ${message}` };
}

const KEYS = "link.NAME.KEY, host.NAME.KEY, measure.kind, measure.KIND.KEY or beside.NAME.KEY";

/** `forward.delay` = 20ms -> `forward`, `delay=20ms`. */
function wordsOf(key: string, text: string): string[] {
  const [side, ...rest] = key.split(".");
  return rest.length === 0 ? [`${key}=${text}`] : [side as string, `${rest.join(".")}=${text}`];
}

/** With the setting's key as its path. */
function linkProblems(links: Readonly<Record<string, readonly string[]>>, topology: Topology): Problem[] {
  return Object.entries(links).flatMap(([name, words]) => {
    const link = topology.links.find((each) => each.name === name);
    if (link === undefined) return [];
    try {
      changeSettings(name, link.settings, bothFirst(words), SMALLEST_BACKEND);
      return [];
    } catch (error) {
      if (!(error instanceof RttlabError)) throw error;
      return error.problems.map((problem) => {
        const [word = "", value] = problem.path.split("=");
        return { ...problem, path: value === undefined ? `link.${name}` : `link.${name}.${word}` };
      });
    }
  });
}

/** A link as a cell sets it; its words are valid. */
export function linkSettingsOf(
  { name, settings }: Topology["links"][number],
  words: CellSettings["links"],
  ...more: readonly string[]
): LinkSettings {
  const all = [...more, ...bothFirst(words[name] ?? [])];
  return all.length === 0 ? settings : changeSettings(name, settings, all, SMALLEST_BACKEND);
}

/** A direction's name applies to all words after it, so words for both directions come first. */
function bothFirst(words: readonly string[]): string[] {
  const pairs = words.map((word, index) => ({ word, side: isSide(words[index - 1]) ? words[index - 1] : undefined }));
  const both = pairs.filter(({ word, side }) => side === undefined && !isSide(word)).map(({ word }) => word);
  const sided = ["forward", "backward"].flatMap((side) => {
    const own = pairs.filter((pair) => pair.side === side).map(({ word }) => word);
    return own.length === 0 ? [] : [side, ...own];
  });
  return [...both, ...sided];
}

function isSide(word: string | undefined): boolean {
  return word === "forward" || word === "backward";
}

/** A setting applies to the kind that it names; cells of another kind ignore it. */
function readMeasure(
  { kind: kindName, ...unknown }: Settings,
  ofKinds: Readonly<Record<string, Settings>>,
  hosts: readonly Host[],
  refuse: Refuse,
): Measurement | null {
  const kinds = Object.keys(MEASURES).join(", ");
  for (const key of Object.keys(unknown))
    refuse(`measure.${key}`, "E_UNKNOWN_KEY", "is no setting", "measure.KIND.KEY");
  for (const name of Object.keys(ofKinds)) {
    if (kindNamed(name) === undefined)
      refuse(`measure.${name}`, "E_UNKNOWN_KEY", `${name} is no kind of measurement`, kinds);
  }
  const readAs = (name: string) =>
    readMeasurement(name, ofKinds[name] ?? {}, hosts, refuse, {
      kind: "measure.kind",
      word: (word) => `measure.${name}.${word}`,
    });
  if (kindName !== undefined && kindNamed(kindName) !== undefined) return readAs(kindName);
  if (kindName === undefined) refuse("measure.kind", "E_MISSING_KEY", "is missing", kinds);
  else refuse("measure.kind", "E_BAD_VALUE", `${kindName} is no kind of measurement`, kinds);
  // Of a mistyped kind are the words of the only kind that has some.
  const [meant, ...others] = Object.keys(ofKinds).filter((name) => kindNamed(name) !== undefined);
  if (meant !== undefined && others.length === 0) readAs(meant);
  return null;
}

/**
 * Measurements at the same time as the cell's own, by name. They cross the same links from the same
 * side, or the packets of a run could not be accounted for; each has a host of its own.
 */
function readBesides(
  besides: Readonly<Record<string, Settings>>,
  measure: Measurement,
  topology: Topology,
  refuse: Refuse,
): CellSettings["beside"] {
  const way = wayOf(measure, topology);
  const taken = new Set([measure.host]);
  return Object.entries(besides).flatMap(([name, { kind, after = "0ms", ...words }]) => {
    if (kind === undefined) return []; // as the settings of a kind that the cell has not
    const place = (word: string) => `beside.${name}.${word}`;
    if (!/^[a-z]+$/.test(name)) refuse(place("kind"), "E_BAD_NAME", `${name} is no name`, "small letters");
    const afterMillis = parseQuantity(after, "millis");
    if (afterMillis === undefined)
      refuse(place("after"), "E_BAD_VALUE", `${after} cannot be read`, "a time, such as 2s");
    const read = readMeasurement(kind, words, topology.hosts, refuse, { kind: place("kind"), word: place });
    if (read === null || afterMillis === undefined) return [];
    if (taken.has(read.host)) refuse(place("host"), "E_CONFLICTING_KEYS", `${read.host} measures already`, "another");
    else if (wayOf(read, topology) !== way)
      refuse(place("host"), "E_BAD_VALUE", "its packets cross other links than the measurement's", way);
    taken.add(read.host);
    return [{ ...read, name, afterMillis }];
  });
}

function wayOf(measurement: Measurement, topology: Topology): string {
  const links = linksBetween(topology, measurement.host, targetOf(measurement, topology.hosts));
  return links.map(({ name, outward }) => `${name} ${outward}`).join(", ");
}

/**
 * The host that a measurement's request names, without the port; for `localhost` the host that the
 * measuring one is within, which is not its own.
 */
export function targetOf({ kind, host, words }: Measurement, hosts: readonly Host[]): string {
  const named = String(kind.request(words, 1).target ?? "").split(":")[0] ?? "";
  return named === "localhost" ? (hosts.find(({ name }) => name === host)?.within ?? named) : named;
}

/** Those that a cell measures with, and that it measures. */
export function measuredHosts(
  { measure, beside }: Pick<CellSettings, "measure" | "beside">,
  { hosts }: Pick<Topology, "hosts">,
): Set<string> {
  return new Set([measure, ...beside].flatMap((measurement) => [measurement.host, targetOf(measurement, hosts)]));
}

function readMeasurement(
  kindName: string,
  { host = "", ...words }: Settings,
  hosts: readonly Host[],
  refuse: Refuse,
  at: { kind: string; word(word: string): string },
): Measurement | null {
  const kind = kindNamed(kindName);
  const place = at.word;
  if (kind === undefined) {
    refuse(at.kind, "E_BAD_VALUE", `${kindName} is no kind of measurement`, Object.keys(MEASURES).join(", "));
    return null;
  }
  const able = hosts.filter(({ role }) => role === kind.role);
  if (host === "") refuse(place("host"), "E_MISSING_KEY", "is missing", names(able));
  else if (!able.some(({ name }) => name === host))
    refuse(place("host"), "E_BAD_VALUE", `${host} cannot measure a ${kind.kind}`, names(able));
  for (const word of Object.keys(words)) {
    if (Object.hasOwn(kind.words, word)) continue;
    refuse(place(word), "E_UNKNOWN_KEY", `a ${kind.kind} has no such word`, Object.keys(kind.words).join(", "));
  }
  const known = Object.fromEntries(Object.entries(words).filter(([word]) => Object.hasOwn(kind.words, word)));
  const problems = kind.problems(known);
  for (const { path, code = "E_BAD_VALUE", message, allowed } of problems) refuse(place(path), code, message, allowed);
  if (problems.length > 0) return null; // such words make no request
  const target = targetOf({ kind, host, words: known }, hosts);
  const apart = hostsApart(hosts);
  if (target === "localhost")
    refuse(place("target"), "E_NO_SUCH_HOST", `${host} is within no other host`, "the name of a host");
  else if (!apart.some(({ name }) => name === target)) {
    const isWithin = hosts.some(({ name }) => name === target);
    const message = isWithin ? `${target} is within another host, and has no address` : `there is no host ${target}`;
    refuse(place("target"), "E_NO_SUCH_HOST", message, names(apart));
  }
  return { kind, host, words: known };
}

type Refuse = (key: string, code: string, message: string, allowed: string) => void;

function names(things: readonly { name: string }[]): string {
  return things.map(({ name }) => name).join(", ") || "none";
}
