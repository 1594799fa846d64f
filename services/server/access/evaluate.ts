// Whether a client may see what the rules guard. Pure but for names: a look-up is a step that the caller performs, made only when a line
// asks for the client's name, and once for a request.

import { combinedField, type Request } from "../http/message.ts";
import { type Address, contains, parseAddress } from "./address.ts";
import type { HostRules, Party, Requirement, Rules } from "./rules.ts";

/** A look-up that a decision waits for. The result of `reverse` is a list of names, of `forward` one of addresses; empty when unknown. */
export type NameOperation = { op: "reverse"; address: string } | { op: "forward"; name: string };

/** Who asks, from where to where. */
export interface Client {
  address: string;
  serverAddress: string;
}

type NameSteps<T> = Generator<NameOperation, T, unknown>;

/** What a check knows: of the client, its name when that has been looked up. */
interface Check {
  request: Request;
  client: Client;
  address: Address | null;
  variables: ReadonlySet<string>;
  /** Undefined: not looked up; null: there is none that leads back to the address. */
  name: string | null | undefined;
}

/** Whether the rules let the client in: by Order, Allow and Deny, and by Require. */
export function* isAllowed(rules: Rules, request: Request, client: Client): NameSteps<boolean> {
  const check: Check = {
    ...{ request, client, address: parseAddress(client.address), name: undefined },
    variables: variablesOf(rules, request, client),
  };
  if (rules.hosts !== null && !(yield* passesHosts(rules.hosts, check))) return false;
  return rules.requirement === null || (yield* judge(rules.requirement, check)) === "granted";
}

/** The names of mod_access_compat: the last keyword of Order wins where both match, and is the default where none does. */
function* passesHosts({ order, allow, deny }: HostRules, check: Check): NameSteps<boolean> {
  const allowed = yield* someMatch(allow, check);
  const denied = yield* someMatch(deny, check);
  return order === "deny,allow" ? allowed || !denied : allowed && !denied;
}

function* someMatch(parties: readonly Party[], check: Check): NameSteps<boolean> {
  for (const party of parties) {
    if (yield* matches(party, check)) return true;
  }
  return false;
}

function* matches(party: Party, check: Check): NameSteps<boolean> {
  switch (party.kind) {
    case "all":
      return true;
    case "subnet":
      return check.address !== null && contains(party.subnet, check.address);
    case "variable":
      return check.variables.has(party.name) === party.set;
    case "domain":
      return isInDomain(yield* clientName(check), party.name);
  }
}

type Verdict = "granted" | "denied" | "neutral";

/** As mod_authz_core judges: a negated requirement can deny but never grant, and what says neither does not count. */
function* judge(requirement: Requirement, check: Check): NameSteps<Verdict> {
  const verdict: Verdict =
    requirement.kind === "any" || requirement.kind === "all"
      ? yield* judgeSection(requirement.kind, requirement.of, check)
      : (yield* holds(requirement, check))
        ? "granted"
        : "denied";
  if (!requirement.negated) return verdict;
  return verdict === "granted" ? "denied" : "neutral";
}

function* judgeSection(kind: "any" | "all", of: readonly Requirement[], check: Check): NameSteps<Verdict> {
  const decisive: Verdict = kind === "any" ? "granted" : "denied";
  let result: Verdict = "neutral";
  for (const requirement of of) {
    const verdict = yield* judge(requirement, check);
    if (verdict === decisive) return decisive;
    if (verdict !== "neutral") result = verdict;
  }
  return result;
}

function* holds(requirement: Requirement, check: Check): NameSteps<boolean> {
  const { client, address, request, variables } = check;
  switch (requirement.kind) {
    case "everyone":
      return requirement.granted;
    case "subnets":
      return address !== null && requirement.subnets.some((subnet) => contains(subnet, address));
    case "domains": {
      const name = yield* clientName(check);
      return requirement.names.some((domain) => isInDomain(name, domain));
    }
    case "forward-names":
      return yield* someNameLeadsTo(requirement.names, client.address);
    case "local":
      return client.address === client.serverAddress || isLoopback(address);
    case "variables":
      return requirement.names.some((name) => variables.has(name));
    case "methods":
      return requirement.names.includes(request.method === "HEAD" ? "GET" : request.method);
    case "any":
    case "all":
      return (yield* judge(requirement, check)) === "granted";
  }
}

/** The client's name by double reverse look-up: one that its address has and that has its address. */
function* clientName(check: Check): NameSteps<string | null> {
  if (check.name !== undefined) return check.name;
  check.name = null;
  const { address } = check.client;
  const [name] = (yield { op: "reverse", address }) as string[];
  if (name !== undefined && (yield* someNameLeadsTo([name], address))) check.name = name.toLowerCase();
  return check.name;
}

function* someNameLeadsTo(names: readonly string[], address: string): NameSteps<boolean> {
  const wanted = parseAddress(address);
  for (const name of names) {
    const addresses = ((yield { op: "forward", name }) as string[]).map(parseAddress);
    if (addresses.some((one) => one !== null && one.family === wanted?.family && one.bits === wanted.bits)) return true;
  }
  return false;
}

/** By whole labels: `good.com` covers itself and `a.good.com`, not `nogood.com`; `.good.com` does not cover `good.com`. */
function isInDomain(name: string | null, domain: string): boolean {
  if (name === null || !name.endsWith(domain)) return false;
  return name.length === domain.length || domain.startsWith(".") || name.at(-domain.length - 1) === ".";
}

function isLoopback(address: Address | null): boolean {
  if (address === null) return false;
  return address.family === 4 ? address.bits >> 24n === 127n : address.bits === 1n;
}

function variablesOf(rules: Rules, request: Request, client: Client): Set<string> {
  const variables = new Set<string>();
  for (const { property, pattern, assignments } of rules.variables) {
    if (!pattern.test(propertyOf(property, request, client))) continue;
    for (const { name, set } of assignments) set ? variables.add(name) : variables.delete(name);
  }
  return variables;
}

function propertyOf(property: string, request: Request, client: Client): string {
  switch (property) {
    case "remote_addr":
      return client.address;
    case "server_addr":
      return client.serverAddress;
    case "request_method":
      return request.method;
    case "request_protocol":
      return `HTTP/1.${request.minorVersion}`;
    case "request_uri":
      return request.target.replace(/\?.*$/, "");
    default:
      return combinedField(request, property) ?? "";
  }
}
