// For tests of access rules: decisions on the text of a .htaccess file, with names from tables.

import type { Client } from "../access/asked.ts";
import { createCheck, isAllowed } from "../access/evaluate.ts";
import { parseRules } from "../access/parse-rules.ts";
import type { Rules } from "../access/rules.ts";
import { variablesOf } from "../access/variables.ts";
import { blankRequest, type Request } from "../http/message.ts";

export const CLIENT: Client = { remoteAddress: "192.0.2.7", localAddress: "192.0.2.1" };
/**
 * www.good.com resolves both ways; liar.com claims an address that is not its own; the others are
 * unknown.
 */
const NAMES = { "192.0.2.7": "www.good.com", "192.0.2.66": "www.liar.com" } as Record<string, string>;
const ADDRESSES = {
  "www.good.com": ["2001:db8::7", "192.0.2.7"],
  "www.liar.com": ["198.51.100.1"],
  "home.net": ["192.0.2.7"],
} as Record<string, string[]>;

export function rulesOf(text: string): Rules {
  const rules = parseRules(text);
  if ("problem" in rules) throw new Error(`line ${rules.line}: ${rules.problem}`);
  return rules;
}

export function allows(text: string, client = CLIENT): boolean {
  return decide(rulesOf(text), { ...blankRequest(), method: "GET", target: "/" }, client, []);
}

/** The look-ups made for a decision. */
export function lookups(text: string): string[] {
  const asked: string[] = [];
  decide(rulesOf(text), { ...blankRequest(), method: "GET", target: "/" }, CLIENT, asked);
  return asked;
}

export function decide(
  rules: Rules,
  request: Request = { ...blankRequest(), method: "GET", target: "/" },
  client = CLIENT,
  asked: string[] = [],
): boolean {
  const subject = { request, client, uri: request.target.replace(/\?.*$/, "") };
  const steps = isAllowed(rules, createCheck(subject, variablesOf(rules, subject)));
  let step = steps.next();
  while (!step.done) {
    const operation = step.value;
    asked.push(operation.op === "reverse" ? operation.address : operation.name);
    const found = operation.op === "reverse" ? NAMES[operation.address] : ADDRESSES[operation.name];
    step = steps.next(found === undefined ? [] : [found].flat());
  }
  return step.value;
}
