// Character classes as PCRE2 reads them, as sets of octets: `[a-z]`, `[^[:digit:]_]`, `\w`; and the
// octets that escapes denote.

/** One entry per octet, 1 if it is in the set. */
export type Octets = Uint8Array;

/** Reports a fault of a pattern. */
export type Refuse = (problem: string) => never;

type Range = [first: number, last: number];

const DIGIT: Range[] = [[48, 57]];
const UPPER: Range[] = [[65, 90]];
const LOWER: Range[] = [[97, 122]];
const SPACE: Range[] = [
  [9, 13],
  [32, 32],
];
const PUNCTUATION: Range[] = [
  [33, 47],
  [58, 64],
  [91, 96],
  [123, 126],
];
const BLANK: Range[] = [
  [9, 9],
  [32, 32],
];
const WORD: Range[] = [...DIGIT, ...UPPER, ...LOWER, [95, 95]];

/** PCRE2's shorthands such as `\d`. Each capital letter is the complement. */
const SHORTHANDS: Readonly<Record<string, Range[]>> = {
  d: DIGIT,
  s: SPACE,
  w: WORD,
  h: [...BLANK, [0xa0, 0xa0]],
  v: [
    [10, 13],
    [0x85, 0x85],
  ],
};

const POSIX: Readonly<Record<string, Range[]>> = {
  alnum: [...DIGIT, ...UPPER, ...LOWER],
  alpha: [...UPPER, ...LOWER],
  ascii: [[0, 127]],
  blank: BLANK,
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: [[33, 126]],
  lower: LOWER,
  print: [[32, 126]],
  punct: PUNCTUATION,
  space: SPACE,
  upper: UPPER,
  word: WORD,
  xdigit: [...DIGIT, [65, 70], [97, 102]],
};

const SINGLE: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, e: 27, a: 7 };

/** The set of a shorthand such as `\d`; null if the letter is none. */
export function shorthand(letter: string): Octets | null {
  const lower = letter.toLowerCase();
  if (!Object.hasOwn(SHORTHANDS, lower)) return null;
  return setOf(SHORTHANDS[lower] as Range[], letter !== lower);
}

/** Reads the class at the beginning of `rest`; returns it with the length of its text. */
export function classOf(
  rest: string,
  mayIgnoreCase: boolean,
  refuse: Refuse,
): [{ octets: Octets; negated: boolean }, number] {
  if (/^\[([:.=])[^[\]\\]*\1\]/.test(rest)) refuse("a POSIX class stands in a class");
  const octets = new Uint8Array(256);
  const negated = rest[1] === "^";
  let at = negated ? 2 : 1;
  /** The preceding octet, when a hyphen may form a range with it. */
  let first: number | null = null;
  for (let isFirst = true; isFirst || rest[at] !== "]"; isFirst = false) {
    if (at >= rest.length) refuse("a class is not closed");
    const isRange: boolean = first !== null && rest[at] === "-" && rest[at + 1] !== "]";
    if (isRange) at++;
    const set = namedSet(rest.slice(at), mayIgnoreCase, refuse);
    if (set !== null) {
      if (isRange) refuse("a range ends with a class");
      at += set.length;
      for (const [code, is] of set.octets.entries()) octets[code] = (octets[code] ?? 0) | is;
      if (rest[at] === "-" && rest[at + 1] !== "]") refuse("a hyphen follows a class");
      first = null;
      continue;
    }
    const [code, length] = rest[at] === "\\" ? escapedOctet(rest.slice(at), true, refuse) : [rest.charCodeAt(at), 1];
    at += length;
    if (!isRange) octets[code] = 1;
    else if (code < (first as number)) refuse("a range runs backwards");
    else octets.fill(1, first as number, code + 1);
    first = isRange ? null : code;
  }
  return [{ octets, negated }, at + 1];
}

/** The octet of `\t`, `\x41`, `\x{41}`, `\cA`, octal, or an escaped punctuation character. */
export function escapedOctet(rest: string, inClass: boolean, refuse: Refuse): [code: number, length: number] {
  const letter = rest[1] ?? "";
  if (letter === "") refuse("a backslash ends the pattern");
  if (inClass && letter === "b") return [8, 2];
  if (Object.hasOwn(SINGLE, letter)) return [SINGLE[letter] as number, 2];
  const hexadecimal = /^\\x(?:\{([0-9A-Fa-f]{1,2})\}|([0-9A-Fa-f]{1,2}))/.exec(rest);
  if (hexadecimal !== null) return [Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? "", 16), hexadecimal[0].length];
  const octal = /^\\(0[0-7]{0,2}|[1-3][0-7]{2})/.exec(rest);
  if (octal !== null) return [Number.parseInt(octal[1] ?? "", 8), octal[0].length];
  if (/[0-9A-Za-z]/.test(letter)) refuse(`\\${letter} is not known here`);
  return [letter.charCodeAt(0), 2];
}

export function rangesOf(octets: Octets): Range[] {
  const ranges: Range[] = [];
  for (const [code, is] of octets.entries()) {
    const last = ranges.at(-1);
    if (is === 0) continue;
    // RE2 gets octets above 0x7F as other code points, so a range ends before them.
    if (last?.[1] === code - 1 && code !== 0x80) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** A shorthand or a POSIX class inside brackets. */
function namedSet(rest: string, mayIgnoreCase: boolean, refuse: Refuse): { octets: Octets; length: number } | null {
  if (rest[0] === "\\") {
    const octets = shorthand(rest[1] ?? "");
    return octets === null ? null : { octets, length: 2 };
  }
  const [all, opposite, name = ""] = /^\[[:.=](\^?)(.*?)[:.=]\]/.exec(rest) ?? [];
  if (all === undefined) return null;
  if (all[1] !== ":" || !Object.hasOwn(POSIX, name)) return refuse(`${all} is no class`);
  if (opposite === "^" && mayIgnoreCase && (name === "lower" || name === "upper"))
    return refuse(`${all} is not known here where case is ignored`);
  return { octets: setOf(POSIX[name] as Range[], opposite === "^"), length: all.length };
}

function setOf(ranges: readonly Range[], opposite: boolean): Octets {
  const octets = new Uint8Array(256).fill(opposite ? 1 : 0);
  for (const [first, last] of ranges) octets.fill(opposite ? 0 : 1, first, last + 1);
  return octets;
}
