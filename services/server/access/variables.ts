// What SetEnvIf and its kin make of a request (mod_setenvif): variables by name in lower case, line by line from the outermost file in.

import { combinedField, type Request } from "../http/message.ts";
import type { Asked } from "./asked.ts";
import type { Property, Rules, VariableRule } from "./rules.ts";

export type Variables = Map<string, string>;

/** The variables of a request. Some may be there before: those of the answer that an error document stands in for. */
export function variablesOf({ variables: rules }: Rules, asked: Asked, before: Variables = new Map()): Variables {
  const variables = new Map(before);
  let last: Property | null = null;
  let value = "";
  for (const { property, pattern, assignments } of rules) {
    // Lines that follow each other and look at the same thing see it as it was for the first of them.
    if (property !== last) value = looksAt(property, asked, variables);
    last = property;
    const match = pattern.match(value);
    if (match === null) continue;
    for (const assignment of assignments) {
      if (assignment.value === null) variables.delete(assignment.name);
      else variables.set(assignment.name, pattern.literal ? assignment.value : substitute(assignment.value, match));
    }
  }
  return variables;
}

/** SetEnv and UnsetEnv, which come after the rules have been judged: only an index file is judged later. */
export function applyEnvironment(variables: Variables, { environment }: Rules): Variables {
  const changed = new Map(variables);
  for (const [name, value] of environment) {
    if (value === null) changed.delete(name);
    else changed.set(name, value);
  }
  return changed;
}

/** What is absent counts as empty. */
function looksAt(property: Property, { request, client, uri }: Asked, variables: Variables): string {
  switch (property.kind) {
    case "remote_addr":
    // No name is looked up for it, as with HostnameLookups Off.
    case "remote_host":
      return client.remoteAddress;
    case "server_addr":
      return client.localAddress;
    case "request_method":
      return request.method;
    case "request_protocol":
      return `HTTP/1.${request.minorVersion}`;
    case "request_uri":
      return uri;
    case "field":
      return combinedField(request, property.name) ?? variables.get(property.name) ?? "";
    case "fields":
      return lastField(request, property.pattern) ?? "";
  }
}

/** Of several names that match, the one that came first the latest. */
function lastField(request: Request, pattern: VariableRule["pattern"]): string | undefined {
  const names = new Set(request.fields.filter((_, index) => index % 2 === 0));
  const name = [...names].findLast((one) => pattern.match(one) !== null);
  return name === undefined ? undefined : combinedField(request, name);
}

/** `$0` to `$9` are groups of the match, empty where a group took no part; a backslash takes the next character's meaning away. */
function substitute(value: string, groups: readonly (string | null)[]): string {
  return value.replace(/\$(\d)|\\(.)/gs, (_, group?: string, kept?: string) => kept ?? groups[Number(group)] ?? "");
}
