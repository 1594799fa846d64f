// The access rules of a directory as data, and how those of a directory inside it add to them (Apache 2.4: mod_access_compat,
// mod_authz_core with AuthMerging Off, mod_setenvif, mod_dir).

import type { Subnet } from "./address.ts";

/** Whom a line means. */
export type Party =
  | { kind: "all" }
  | { kind: "subnet"; subnet: Subnet }
  /** A name: the client's, or the end of it by whole labels. */
  | { kind: "domain"; name: string }
  | { kind: "variable"; name: string; set: boolean };

/** Order, Allow and Deny. A directory that has any of them takes none from above. */
export interface HostRules {
  order: "deny,allow" | "allow,deny" | "mutual-failure";
  allow: Party[];
  deny: Party[];
}

/** Require, and sections of it. */
export type Requirement = { negated: boolean } & (
  | { kind: "any" | "all"; of: Requirement[] }
  | { kind: "everyone"; granted: boolean }
  | { kind: "subnets"; subnets: Subnet[] }
  | { kind: "domains"; names: string[] }
  | { kind: "forward-names"; names: string[] }
  | { kind: "local" }
  | { kind: "variables"; names: string[] }
  | { kind: "methods"; names: string[] }
);

/** SetEnvIf: sets or unsets variables where a property of the request matches. */
export interface VariableRule {
  /** `remote_addr`, `request_method`, `request_uri`, `request_protocol`, or a field's name in lower case. */
  property: string;
  pattern: RegExp;
  assignments: { name: string; set: boolean }[];
}

export interface Rules {
  hosts: HostRules | null;
  requirement: Requirement | null;
  variables: VariableRule[];
  /** Names to try for the directory itself; empty: none; null: those from above. */
  index: string[] | null;
}

export const NO_RULES: Rules = { hosts: null, requirement: null, variables: [], index: null };

/** The rules in a directory whose own are `inner`, below one where `outer` hold. */
export function inherit(outer: Rules, inner: Rules): Rules {
  return {
    hosts: inner.hosts ?? outer.hosts,
    requirement: inner.requirement ?? outer.requirement,
    variables: [...outer.variables, ...inner.variables],
    index: inner.index ?? outer.index,
  };
}
