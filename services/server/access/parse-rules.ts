// From the text of a .htaccess file to Rules. Anything that is not known or not well-formed makes the whole file broken: a line that was
// skipped might have been the one that kept people out.

import { KNOWN_METHODS } from "../http/methods.ts";
import { looksLikeAddress, parseSubnet, type Subnet } from "./address.ts";
import { type Directive, readDirectives, type SyntaxProblem } from "./directives.ts";
import { type HostRules, NO_RULES, type Party, type Requirement, type Rules, type VariableRule } from "./rules.ts";

class Broken extends Error {}

/** The rules, or what is wrong with the file. */
export function parseRules(text: string): Rules | SyntaxProblem {
  const directives = readDirectives(text);
  if (!Array.isArray(directives)) return directives;
  const rules: Rules = { ...NO_RULES, variables: [] };
  const required: Requirement[] = [];
  for (const directive of directives) {
    try {
      if (directive.inside !== null || directive.name === "require") required.push(requirement(directive, "any"));
      else apply(directive, rules);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return { line: directive.line, problem: error.message };
    }
  }
  // Requirements that stand by themselves are alternatives.
  if (required.length > 0) rules.requirement = { kind: "any", negated: false, of: required };
  return rules;
}

function apply(directive: Directive, rules: Rules): void {
  const { name, arguments: words } = directive;
  switch (name) {
    case "order":
      hostRules(rules).order = order(words);
      break;
    case "allow":
      hostRules(rules).allow.push(...parties(words));
      break;
    case "deny":
      hostRules(rules).deny.push(...parties(words));
      break;
    case "directoryindex":
      rules.index = [...(rules.index ?? []), ...indexNames(words)];
      break;
    case "setenvif":
    case "setenvifnocase":
      rules.variables.push(variableRule(words, name.endsWith("nocase")));
      break;
    case "browsermatch":
    case "browsermatchnocase":
      rules.variables.push(variableRule(["User-Agent", ...words], name.endsWith("nocase")));
      break;
    default:
      throw new Broken(`${name} is not known here`);
  }
}

function hostRules(rules: Rules): HostRules {
  rules.hosts ??= { order: "deny,allow", allow: [], deny: [] };
  return rules.hosts;
}

function order(words: string[]): HostRules["order"] {
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
    const name = word.slice(set ? 4 : 5);
    return { kind: "variable", name, set };
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

const SECTIONS: Readonly<Record<string, { kind: "any" | "all"; negated: boolean }>> = {
  requireany: { kind: "any", negated: false },
  requireall: { kind: "all", negated: false },
  requirenone: { kind: "any", negated: true },
};

/** A Require line or a section. Where one of several suffices, what can only deny has no effect, so it is an error. */
function requirement(directive: Directive, within: "any" | "all"): Requirement {
  const { name, inside } = directive;
  const made = inside === null ? requirementLine(directive) : section(name, directive.arguments, inside);
  if (made.negated && within === "any")
    throw new Broken(`a negated ${name} has no effect where any requirement suffices`);
  return made;
}

function section(name: string, words: string[], inside: Directive[]): Requirement {
  const form = Object.hasOwn(SECTIONS, name) ? SECTIONS[name] : undefined;
  if (form === undefined) throw new Broken(`<${name}> is not known here`);
  if (words.length > 0) throw new Broken(`<${name}> takes no arguments`);
  if (inside.length === 0) throw new Broken(`<${name}> holds no requirement`);
  return { ...form, of: inside.map((directive) => requirement(directive, form.kind)) };
}

function requirementLine({ name, arguments: words }: Directive): Requirement {
  if (name !== "require") throw new Broken(`${name} is not known in a section`);
  const negated = words[0]?.toLowerCase() === "not";
  const [kind = "", ...values] = negated ? words.slice(1) : words;
  const lower = values.map((value) => value.toLowerCase());
  switch (kind.toLowerCase()) {
    case "all":
      return everyone(lower, negated);
    case "ip":
      if (values.length === 0) throw new Broken("Require ip needs an address");
      return { kind: "subnets", negated, subnets: values.map(subnet) };
    case "host":
      return { kind: "domains", negated, names: lower };
    case "forward-dns":
      return { kind: "forward-names", negated, names: lower };
    case "local":
      return { kind: "local", negated };
    case "env":
      return { kind: "variables", negated, names: values };
    case "method":
      if (values.length === 0) throw new Broken("Require method needs a method");
      return { kind: "methods", negated, names: values.map(method) };
    default:
      throw new Broken(`Require ${kind} is not known here`);
  }
}

/** HEAD is what GET is. */
function method(name: string): string {
  if (!KNOWN_METHODS.has(name)) throw new Broken(`Require method ${name}: this method is not known`);
  return name === "HEAD" ? "GET" : name;
}

function everyone([value, ...more]: string[], negated: boolean): Requirement {
  if (more.length > 0 || (value !== "granted" && value !== "denied"))
    throw new Broken("Require all is granted or denied");
  return { kind: "everyone", negated, granted: value === "granted" };
}

function indexNames(words: string[]): string[] {
  if (words.length === 1 && words[0]?.toLowerCase() === "disabled") return [];
  const bad = words.find((word) => word.includes("/") || word === "." || word === "..");
  if (words.length === 0 || bad !== undefined) throw new Broken("DirectoryIndex names files of the directory itself");
  return words;
}

function variableRule([property, pattern, ...assignments]: string[], ignoreCase: boolean): VariableRule {
  if (property === undefined || pattern === undefined || assignments.length === 0)
    throw new Broken("SetEnvIf takes a property, a pattern and variables");
  try {
    return {
      property: property.toLowerCase(),
      pattern: new RegExp(pattern, ignoreCase ? "i" : ""),
      assignments: assignments.map((word) => ({ name: word.replace(/^!|=.*$/g, ""), set: !word.startsWith("!") })),
    };
  } catch {
    throw new Broken(`${pattern} is no regular expression`);
  }
}
