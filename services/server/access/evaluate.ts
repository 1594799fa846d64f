// Whether the rules let a client in. Pure except for names: a look-up is a step that the caller
// performs. It is made only when a line needs the client's name, and once per request.

import { type Address, contains, parseAddress } from "./address.ts";
import type { Asked } from "./asked.ts";
import { methodKey } from "./methods.ts";
import type { Condition, HostRules, Limited, Party, Requirement, Rules } from "./rules.ts";
import type { Variables } from "./variables.ts";

/**
 * A look-up that a decision needs. `reverse` yields a list of names, `forward` one of addresses;
 * unknown yields an empty list.
 */
export type NameOperation = { op: "reverse"; address: string } | { op: "forward"; name: string };

export type NameSteps<T> = Generator<NameOperation, T, unknown>;

/** Knowledge about a request that several sets of rules share. */
export interface Check extends Asked {
  address: Address | null;
  method: string;
  variables: Variables;
  /**
   * The client's name. Undefined: not looked up yet; null: it has no name that leads back to its
   * address.
   */
  name: string | null | undefined;
}

export function createCheck(asked: Asked, variables: Variables): Check {
  const { client, request } = asked;
  return {
    ...asked,
    address: parseAddress(client.remoteAddress),
    method: methodKey(request.method),
    variables,
    name: undefined,
  };
}

/**
 * Whether the rules let the client in, by Order, Allow and Deny, and by Require. Satisfy decides
 * whether one of the two is enough.
 */
export function* isAllowed({ hosts, requirement }: Rules, check: Check): NameSteps<boolean> {
  const suffices = lastFor(hosts?.satisfy ?? [], check) === "any";
  const passes = hosts === null || (yield* passesHosts(hosts, check));
  if (suffices ? passes : !passes) return passes;
  return requirement === null || (yield* judge(requirement, "all", check)) === "granted";
}

/**
 * mod_access_compat: the last keyword of Order wins where both lists match, and is the default
 * where neither does.
 */
function* passesHosts({ order, allow, deny }: HostRules, check: Check): NameSteps<boolean> {
  const allowed = yield* someMatch(allow, check);
  const denied = yield* someMatch(deny, check);
  const isDenyFirst = (lastFor(order, check) ?? "deny,allow") === "deny,allow";
  return isDenyFirst ? allowed || !denied : allowed && !denied;
}

function isFor({ methods }: Pick<Limited<unknown>, "methods">, check: Check): boolean {
  return methods === null || methods.has(check.method);
}

function lastFor<T>(rules: readonly Limited<T>[], check: Check): T | undefined {
  return rules.findLast((rule) => isFor(rule, check))?.value;
}

function* someMatch(parties: readonly Limited<Party>[], check: Check): NameSteps<boolean> {
  for (const party of parties) {
    if (isFor(party, check) && (yield* matches(party.value, check))) return true;
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

/**
 * As mod_authz_core judges: a negated requirement can deny but never grant, and a neutral one does
 * not count. A requirement limited to other methods grants where all must hold, and does not count
 * where any may.
 */
function* judge(requirement: Requirement, within: "any" | "all", check: Check): NameSteps<Verdict> {
  if (!isFor(requirement, check)) return within === "all" ? "granted" : "neutral";
  let verdict: Verdict;
  if ("of" in requirement) verdict = yield* judgeSection(requirement.kind, requirement.of, check);
  else verdict = (yield* holds(requirement, check)) ? "granted" : "denied";
  if (!requirement.negated) return verdict;
  return verdict === "granted" ? "denied" : "neutral";
}

function* judgeSection(kind: "any" | "all", of: readonly Requirement[], check: Check): NameSteps<Verdict> {
  const decisive: Verdict = kind === "any" ? "granted" : "denied";
  let result: Verdict = "neutral";
  for (const requirement of of) {
    const verdict = yield* judge(requirement, kind, check);
    if (verdict === decisive) return decisive;
    if (verdict !== "neutral") result = verdict;
  }
  return result;
}

function* holds(requirement: Condition, check: Check): NameSteps<boolean> {
  const { client, address, variables } = check;
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
      return yield* someNameLeadsTo(requirement.names, client.remoteAddress);
    case "local":
      return client.remoteAddress === client.localAddress || isLoopback(address);
    case "variables":
      return requirement.names.some((name) => variables.has(name));
    case "methods":
      return requirement.names.includes(check.method);
  }
}

/**
 * The client's name by a double reverse look-up: a name of its address that resolves to that
 * address.
 */
function* clientName(check: Check): NameSteps<string | null> {
  if (check.name !== undefined) return check.name;
  check.name = null;
  const { remoteAddress: address } = check.client;
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

/**
 * By whole labels: `good.com` covers itself and `a.good.com` but not `nogood.com`; `.good.com` does
 * not cover `good.com`.
 */
function isInDomain(name: string | null, domain: string): boolean {
  if (name === null || !name.endsWith(domain)) return false;
  return name.length === domain.length || domain.startsWith(".") || name.at(-domain.length - 1) === ".";
}

function isLoopback(address: Address | null): boolean {
  if (address === null) return false;
  return address.family === 4 ? address.bits >> 24n === 127n : address.bits === 1n;
}
