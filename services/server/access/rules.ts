// The rules of a directory as data, and how the rules of an inner directory or a file extend them
// (Apache 2.4: core, mod_access_compat, mod_authz_core, mod_setenvif, mod_env, mod_dir, mod_mime).

import type { Subnet } from "./address.ts";
import type { Methods } from "./methods.ts";
import type { Pattern } from "./pattern.ts";

/** The clients that a line means. */
export type Party =
  | { kind: "all" }
  | { kind: "subnet"; subnet: Subnet }
  /** A name: the client's own, or its end by whole labels. */
  | { kind: "domain"; name: string }
  | { kind: "variable"; name: string; set: boolean };

/** Something that applies to some methods only; null: to all. */
export type Limited<T> = { methods: Methods | null; value: T };

export type Order = "deny,allow" | "allow,deny" | "mutual-failure";

/** Order, Allow, Deny and Satisfy. A directory with any of them inherits none. */
export interface HostRules {
  /** Of several that apply to a method the last counts. */
  order: Limited<Order>[];
  satisfy: Limited<"all" | "any">[];
  allow: Limited<Party>[];
  deny: Limited<Party>[];
}

/** Require, and sections of it. */
export type Requirement = { negated: boolean; methods: Methods | null } & (
  | { kind: "any" | "all"; of: Requirement[] }
  | Condition
);

/** The requirement of a Require line. */
export type Condition =
  | { kind: "everyone"; granted: boolean }
  | { kind: "subnets"; subnets: Subnet[] }
  | { kind: "domains"; names: string[] }
  | { kind: "forward-names"; names: string[] }
  | { kind: "local" }
  | { kind: "variables"; names: string[] }
  | { kind: "methods"; names: string[] };

/** SetEnvIf: sets or unsets variables if a property of the request matches. */
export interface VariableRule {
  property: Property;
  pattern: Pattern;
  /** `value` may refer to groups of the pattern; null unsets. Names are in lower case. */
  assignments: { name: string; value: string | null }[];
}

/**
 * The property of the request: one of Apache's names, a field by name, or fields by a pattern of
 * names.
 */
export type Property =
  | { kind: "remote_addr" | "remote_host" | "server_addr" | "request_method" | "request_protocol" | "request_uri" }
  | { kind: "field"; name: string }
  | { kind: "fields"; pattern: Pattern };

/** Whether symbolic links are followed. `reset`: unnamed options are off instead of inherited. */
export interface LinkOptions {
  reset: boolean;
  follow: boolean | null;
  ownerMatch: boolean | null;
}

/** Replacement for an error's own text. */
export type ErrorDocument =
  | { kind: "default" }
  | { kind: "text"; text: string }
  | { kind: "path"; target: string }
  | { kind: "url"; url: string };

export interface Rules {
  hosts: HostRules | null;
  requirement: Requirement | null;
  /** How the requirement joins inherited ones. */
  merging: "off" | "and" | "or" | null;
  variables: VariableRule[];
  /**
   * SetEnv and UnsetEnv (null), by name in lower case. Apache applies these after it has judged.
   */
  environment: ReadonlyMap<string, string | null>;
  /** Paths to try for the directory itself; empty: none; null: inherited. */
  index: string[] | null;
  links: LinkOptions;
  /** Media types by file name extension, in lower case. */
  types: ReadonlyMap<string, string>;
  errors: ReadonlyMap<number, ErrorDocument>;
  /** Rules for some files of the directory and of those below. */
  files: FileSection[];
  /**
   * Identifies the files and sections that these rules come from: equal where the same rules apply.
   */
  sources: readonly object[];
}

export interface FileSection {
  matches: (name: string) => boolean;
  rules: Rules;
}

const GRANTED: Requirement = { kind: "everyone", granted: true, negated: false, methods: null };
const NOTHING: Requirement = { ...GRANTED };
export const AS_ABOVE: LinkOptions = { reset: false, follow: null, ownerMatch: null };

export function noRules(): Rules {
  return {
    hosts: null,
    requirement: null,
    merging: null,
    variables: [],
    environment: new Map(),
    index: null,
    links: AS_ABOVE,
    types: new Map(),
    errors: new Map(),
    files: [],
    sources: [],
  };
}

/** The rules in a directory with its own rules `inner`, below one with `outer`. */
export function inherit(outer: Rules, inner: Rules): Rules {
  return {
    hosts: inner.hosts ?? outer.hosts,
    requirement: joinRequirements(outer.requirement, inner),
    merging: null,
    variables: [...outer.variables, ...inner.variables],
    environment: joinMaps(outer.environment, inner.environment),
    index: inner.index ?? outer.index,
    links: joinLinks(outer.links, inner.links),
    types: joinMaps(outer.types, inner.types),
    errors: joinMaps(outer.errors, inner.errors),
    files: [...outer.files, ...inner.files],
    sources: [...outer.sources, ...inner.sources],
  };
}

/** The rules for a file of that name. Sections apply after all directories, in their order. */
export function forFile(rules: Rules, name: string): Rules {
  const sections = rules.files.filter(({ matches }) => matches(name));
  return sections.reduce((merged, section) => inherit(merged, section.rules), rules);
}

/**
 * Whether the same rules apply in both places, so that a client who may see one may see the other.
 */
export function sameRules(one: Rules | null, other: Rules | null): boolean {
  const [ones, others] = [one?.sources ?? [], other?.sources ?? []];
  return ones.length === others.length && ones.every((source, index) => source === others[index]);
}

export function joinLinks(outer: LinkOptions, inner: LinkOptions): LinkOptions {
  if (inner.reset) return inner;
  return { ...outer, follow: inner.follow ?? outer.follow, ownerMatch: inner.ownerMatch ?? outer.ownerMatch };
}

/**
 * AuthMerging. Off, without further requirements, removes inherited ones. Above the topmost file of
 * rules everything is granted.
 */
function joinRequirements(outer: Requirement | null, { requirement, merging }: Rules): Requirement | null {
  if (requirement === null) return merging === "off" ? NOTHING : outer;
  if (merging === null || merging === "off" || outer === NOTHING) return requirement;
  const of = [outer ?? GRANTED, requirement];
  return { kind: merging === "and" ? "all" : "any", negated: false, methods: allMethods(of), of };
}

/** The methods that any of the requirements is limited to. */
export function allMethods(of: readonly Requirement[]): Methods | null {
  const all = new Set<string>();
  for (const { methods } of of) {
    if (methods === null) return null;
    for (const method of methods) all.add(method);
  }
  return all;
}

function joinMaps<K, V>(outer: ReadonlyMap<K, V>, inner: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  if (inner.size === 0) return outer;
  return outer.size === 0 ? inner : new Map([...outer, ...inner]);
}
