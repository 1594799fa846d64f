// Variables that SetEnvIf and its relatives derive from a request (mod_setenvif), by name in lower
// case, line by line from the outermost file inwards.

import { combinedField, type Request } from "../http/message.ts";
import type { Asked } from "./asked.ts";
import type { Property, Rules, VariableRule } from "./rules.ts";

export type Variables = Map<string, string>;

/**
 * The variables of a request. Those in `before` come from the answer that an error document
 * replaces.
 */
export function variablesOf({ variables: rules }: Rules, asked: Asked, before: Variables = new Map()): Variables {
  const variables = new Map(before);
  let last: Property | null = null;
  let value = "";
  for (const { property, pattern, assignments } of rules) {
    // Successive lines about the same property see it as it was for the first of them.
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

/**
 * SetEnv and UnsetEnv, which apply after the rules have been accessEvaluated: only an index file is
 * judged later.
 */
export function applyEnvironment(variables: Variables, { environment }: Rules): Variables {
  const changed = new Map(variables);
  for (const [name, value] of environment) {
    if (value === null) changed.delete(name);
    else changed.set(name, value);
  }
  return changed;
}

/** An absent property counts as empty. */
function looksAt(property: Property, { request, client, uri }: Asked, variables: Variables): string {
  switch (property.kind) {
    case "remote_addr":
    // The client's name is not looked up for this, as with HostnameLookups Off.
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

/** Of several matching names, the first to arrive is applied last. */
function lastField(request: Request, pattern: VariableRule["pattern"]): string | undefined {
  const names = new Set(request.fields.filter((_, index) => index % 2 === 0));
  const name = [...names].findLast((one) => pattern.match(one) !== null);
  return name === undefined ? undefined : combinedField(request, name);
}

/**
 * `$0` to `$9` are groups of the match, empty for a group that did not participate. A backslash
 * makes the next character literal.
 */
function substitute(value: string, groups: readonly (string | null)[]): string {
  return value.replace(/\$(\d)|\\(.)/gs, (_, group?: string, kept?: string) => kept ?? groups[Number(group)] ?? "");
}
