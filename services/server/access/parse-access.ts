// Directives about who may see something: Order, Allow, Deny, Satisfy, Require, AuthMerging.

import { looksLikeAddress, parseSubnet, type Subnet } from "./address.ts";
import { Broken } from "./broken.ts";
import type { Directive } from "./directives.ts";
import { isNamedMethod, type Methods, methodKey } from "./methods.ts";
import type { HostRules, Order, Party, Requirement, Rules } from "./rules.ts";

/** Adds a directive to the rules; returns false for other directives. */
export function applyAccess({ name, arguments: words }: Directive, methods: Methods | null, rules: Rules): boolean {
  switch (name) {
    case "order":
      hostRules(rules).order.push({ methods, value: order(words) });
      return true;
    case "satisfy":
      hostRules(rules).satisfy.push({ methods, value: oneOf(name, words, ["all", "any"] as const) });
      return true;
    case "allow":
    case "deny":
      hostRules(rules)[name].push(...parties(words).map((value) => ({ methods, value })));
      return true;
    case "authmerging":
      rules.merging = oneOf(name, words, ["off", "and", "or"] as const);
      return true;
    default:
      return false;
  }
}

/** Those of the directives that may stand among requirements. */
export function isAllowedInRequire(name: string): boolean {
  return name === "require" || name === "satisfy" || name === "authmerging";
}

function hostRules(rules: Rules): HostRules {
  rules.hosts ??= { order: [], satisfy: [], allow: [], deny: [] };
  return rules.hosts;
}

function oneOf<T extends string>(name: string, words: string[], known: readonly T[]): T {
  const value = known.find((one) => one === words[0]?.toLowerCase());
  if (value === undefined || words.length !== 1) throw new Broken(`${name} is one of ${known.join(", ")}`);
  return value;
}

function order(words: string[]): Order {
  const value = words.length === 1 ? (words[0] as string).toLowerCase() : "";
  if (value === "deny,allow" || value === "allow,deny" || value === "mutual-failure") return value;
  throw new Broken("Order is Deny,Allow or Allow,Deny or Mutual-failure, without a blank");
}

function parties([from, ...words]: string[]): Party[] {
  if (from?.toLowerCase() !== "from" || words.length === 0)
    throw new Broken("Allow and Deny are followed by from and someone");
  return words.map(party);
}

function party(word: string): Party {
  const lower = word.toLowerCase();
  if (lower === "all") return { kind: "all" };
  if (lower.startsWith("env=")) {
    const set = word[4] !== "!";
    return { kind: "variable", name: lower.slice(set ? 4 : 5), set };
  }
  if (word.includes("/") || looksLikeAddress(word)) return { kind: "subnet", subnet: subnet(word) };
  if (word.includes("#")) throw new Broken("a comment has a line of its own");
  return { kind: "domain", name: lower };
}

function subnet(word: string): Subnet {
  const parsed = parseSubnet(word);
  if (parsed === null) throw new Broken(`${word} is no IP address, subnet or part of an address`);
  return parsed;
}

/** Parses the requirement of a Require line. */
export function requirementLine(words: string[], methods: Methods | null): Requirement {
  const negated = words[0]?.toLowerCase() === "not";
  const [kind = "", ...values] = negated ? words.slice(1) : words;
  const lower = values.map((value) => value.toLowerCase());
  const base = { negated, methods };
  switch (kind) {
    case "all":
      return { ...base, kind: "everyone", granted: isGranted(lower) };
    case "ip":
      if (values.length === 0) throw new Broken("Require ip needs an address");
      return { ...base, kind: "subnets", subnets: values.map(subnet) };
    case "host":
      return { ...base, kind: "domains", names: lower };
    case "forward-dns":
      return { ...base, kind: "forward-names", names: lower };
    case "local":
      return { ...base, kind: "local" };
    case "env":
      return { ...base, kind: "variables", names: lower };
    case "method":
      if (values.length === 0) throw new Broken("Require method needs a method");
      return { ...base, kind: "methods", names: values.map(method) };
    default:
      throw new Broken(`Require ${kind} is not known here`);
  }
}

function method(name: string): string {
  if (!isNamedMethod(name)) throw new Broken(`Require method ${name}: this method is not known`);
  return methodKey(name);
}

function isGranted([value, ...more]: string[]): boolean {
  if (more.length > 0 || (value !== "granted" && value !== "denied"))
    throw new Broken("Require all is granted or denied");
  return value === "granted";
}
