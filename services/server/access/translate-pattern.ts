// From PCRE2's syntax to RE2's (pcre2pattern(3)). Where the two read the same text differently,
// PCRE2's meaning is spelled out. Syntax that RE2 lacks (look-around, back-references, atomic
// groups, recursion), and rare syntax, is refused and never misread. PCRE2 sees octets: one above
// 0x7F becomes a code unit of the private use area, which has no case and is in none of RE2's
// classes.

import { classOf, escapedOctet, type Octets, rangesOf, shorthand } from "./character-class.ts";

type Translation = { pattern: string } | { problem: string };

class Unknown extends Error {}

/** Assertions that both write alike. */
const SAME_ASSERTION = /^[bBAz]$/;
const OPENINGS = /^\((?:\?(?:([imsU]*(?:-[imsU]+)?)([:)])|P?<([A-Za-z_]\w{0,31})>|'([A-Za-z_]\w{0,31})'))?/;
const QUANTIFIER = /^(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})/;

/** The pattern for RE2, or why there is none. */
export function translatePattern(text: string, ignoreCase: boolean): Translation {
  try {
    return { pattern: translate(text, ignoreCase) };
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    return { problem: error.message };
  }
}

/** Octets as the pattern sees them. */
export function toSubject(octets: string): string {
  return octets.replace(/[\x80-\xff]/g, (octet) => unitOf(octet.charCodeAt(0)));
}

function translate(text: string, ignoreCase: boolean): string {
  const names = new Set<string>();
  let out = "";
  let at = 0;
  let quantifiable = false;
  while (at < text.length) {
    const rest = text.slice(at);
    const character = rest[0] as string;
    if (rest.startsWith("\\Q")) {
      const end = text.indexOf("\\E", at + 2);
      const quoted = text.slice(at + 2, end === -1 ? text.length : end);
      out += Array.from(quoted, (one) => octet(one.charCodeAt(0))).join("");
      at = end === -1 ? text.length : end + 2;
      quantifiable ||= quoted !== "";
    } else if (rest.startsWith("\\E")) at += 2;
    else if (character === "\\") {
      const [translated, length] = escaped(rest);
      out += translated;
      at += length;
      quantifiable = !SAME_ASSERTION.test(rest[1] as string);
    } else if (character === "[") {
      const [set, length] = classOf(rest, ignoreCase || /\(\?[a-zA-Z]*i/.test(text), fail);
      out += bracketed(set.octets, set.negated);
      at += length;
      quantifiable = true;
    } else if (character === "(") {
      const [translated, length] = opening(rest, names);
      out += translated;
      at += length;
      quantifiable = false;
    } else if (QUANTIFIER.test(rest)) {
      const [quantifier = ""] = QUANTIFIER.exec(rest) ?? [];
      if (!quantifiable) fail(`${quantifier} repeats nothing`);
      at += quantifier.length;
      const after = text[at];
      if (after === "+") fail("possessive repetition is not known here");
      out += after === "?" ? `${quantifier}?` : quantifier;
      at += after === "?" ? 1 : 0;
      quantifiable = false;
    } else {
      // A brace that begins no repetition is literal. `{,n}` and blanks inside count as repetitions
      // in some versions only.
      if (/^\{[\d, \t]*\}/.test(rest) && rest[1] !== "}") fail("a repetition is {n}, {n,} or {n,m}");
      out += ".^$|)".includes(character) ? character : octet(character.charCodeAt(0));
      at++;
      quantifiable = !"|^$".includes(character);
    }
  }
  return out;
}

/** Translates an escape outside a class; `rest` begins after the backslash. */
function escaped(rest: string): [translated: string, length: number] {
  const letter = rest[1];
  if (letter === undefined) return fail("a backslash ends the pattern");
  if (SAME_ASSERTION.test(letter)) return [`\\${letter}`, 2];
  if (letter === "R") return [`(?:\\r\\n|[\\n-\\r${unitOf(0x85)}])`, 2];
  if (letter === "N" && rest[2] !== "{") return ["[^\\n]", 2];
  const set = shorthand(letter);
  if (set !== null) return [bracketed(set, false), 2];
  const [code, length] = escapedOctet(rest, false, fail);
  return [octet(code), length];
}

/** A parenthesis with its modifiers. Names of groups are not used here. */
function opening(rest: string, names: Set<string>): [translated: string, length: number] {
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment !== null) return ["", comment[0].length];
  const [all = "", flags, end, angled, quoted] = OPENINGS.exec(rest) ?? [];
  if (/^\([?*]/.test(rest) && all === "(") fail(`${rest.slice(0, 4)} is not known here`);
  const name = angled ?? quoted;
  if (name === undefined) return [flags === undefined || flags + end === ":" ? all : `(?${flags}${end}`, all.length];
  if (names.has(name)) fail(`two groups have the name ${name}`);
  names.add(name);
  return ["(", all.length];
}

function bracketed(set: Octets, negated: boolean): string {
  const ranges = rangesOf(set).map(([first, last]) =>
    first === last ? octet(first) : `${octet(first)}-${octet(last)}`,
  );
  if (ranges.length === 0) return negated ? "(?s:.)" : "[^\\x00-\\x{10FFFF}]";
  return `[${negated ? "^" : ""}${ranges.join("")}]`;
}

/** One octet for RE2, inside a class or outside. */
function octet(code: number): string {
  if (code >= 0x80) return unitOf(code);
  const character = String.fromCharCode(code);
  return /[0-9A-Za-z]/.test(character) ? character : `\\x${code.toString(16).padStart(2, "0")}`;
}

function unitOf(code: number): string {
  return String.fromCharCode(0xe000 + code);
}

function fail(problem: string): never {
  throw new Unknown(problem);
}
