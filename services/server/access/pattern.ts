// Patterns as Apache compiles them (PCRE2 over octets, with DOTALL and DOLLAR_ENDONLY), run by RE2,
// whose time is linear in the text for every pattern. translate-pattern.ts translates them and
// refuses what RE2 lacks. RE2 is loaded for the first pattern, because it takes 7 MiB and most
// sites need none.

import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { toSubject, translatePattern } from "./translate-pattern.ts";

/** A compiled pattern for text with one code unit per octet. */
export interface Pattern {
  /**
   * Whether the pattern is literal. Apache substitutes nothing in a value that such a pattern
   * assigns.
   */
  literal: boolean;
  /** The match and its groups, null for a group that did not participate; null without a match. */
  match(text: string): (string | null)[] | null;
}

/** Thrown for a pattern that is malformed or cannot run in linear time. */
export class PatternError extends Error {}

const LITERAL = /^(?:[^\\^.$|()[\]*+?{}]|\\[\\^.$|()[\]*+?{}])*$/;
const MOST_GROUPS = 10;
let engine: typeof RE2JS | undefined;

export function compilePattern(text: string, ignoreCase: boolean): Pattern {
  if (LITERAL.test(text)) return literalPattern(text.replace(/\\(.)/g, "$1"), ignoreCase);
  engine ??= (createRequire(import.meta.url)("re2js") as { RE2JS: typeof RE2JS }).RE2JS;
  const compiled = compile(engine, text, ignoreCase);
  const groups = Math.min(compiled.groupCount() + 1, MOST_GROUPS);
  return {
    literal: false,
    match(subject) {
      const matcher = compiled.matcher(toSubject(subject));
      if (!matcher.find()) return null;
      return Array.from({ length: groups }, (_, group) => fromSubject(matcher.group(group)));
    },
  };
}

function compile(re2: typeof RE2JS, text: string, ignoreCase: boolean): RE2JS {
  const translated = translatePattern(text, ignoreCase);
  if ("problem" in translated) throw new PatternError(`${text} is no pattern that can be run: ${translated.problem}`);
  try {
    return re2.compile(translated.pattern, re2.DOTALL | (ignoreCase ? re2.CASE_INSENSITIVE : 0));
  } catch (error) {
    throw new PatternError(`${text} is no pattern that can be run: ${(error as Error).message}`);
  }
}

function literalPattern(text: string, ignoreCase: boolean): Pattern {
  const folded = ignoreCase ? inLowerCase(text) : text;
  const matches = (subject: string) => (ignoreCase ? inLowerCase(subject) : subject).includes(folded);
  return { literal: true, match: (subject) => (matches(subject) ? [text] : null) };
}

/** Only ASCII octets have case. */
function inLowerCase(octets: string): string {
  return octets.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

/** The octets that a part of a subject denotes. */
function fromSubject(part: string | null): string | null {
  return part?.replace(/[\ue080-\ue0ff]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) - 0xe000)) ?? null;
}
