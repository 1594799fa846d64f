// Character classes and small grammars of HTTP/1.1 (RFC 9110 section 5.6, RFC 9112, RFC 3986), over
// text with one code unit per octet (latin1).

import { isIPv6 } from "node:net";

const TOKEN = characterClass("!#$%&'*+-.^_`|~", ["0", "9"], ["A", "Z"], ["a", "z"]);
/** HTAB, SP, VCHAR and obs-text: what a field value may hold. */
const FIELD_VALUE = characterClass("\t", [" ", "~"], ["\x80", "\xff"]);
/**
 * RFC 3986, and beyond it what browsers and people send as it is: some signs, octets above 0x7F.
 * Never a space, a control, `#`.
 */
const TARGET = characterClass(
  "!$%&'()*+,-./:;=?@_~[]|{}^\"`<>\\",
  ...([
    ["0", "9"],
    ["A", "Z"],
    ["a", "z"],
    ["\x80", "\xff"],
  ] as const),
);

/**
 * uri-host [ ":" port ], where the host may be empty: IPv6address in brackets, IPvFuture in
 * brackets, or reg-name.
 */
const HOST =
  /^(?:\[(?<ipv6>[0-9A-Fa-f:.]+)\]|\[v[0-9A-Fa-f]+\.[\w\-.~!$&'()*+,;=:]+\]|(?:[\w\-.~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::(?<port>\d*))?$/i;
const HIGHEST_PORT = 65_535;
const ABSOLUTE_FORM = /^https?:\/\/([^/?]+)([^?]*)(\?.*)?$/i;

/** Whether `text[from, to)` is a non-empty token. */
export function isToken(text: string, from: number, to: number): boolean {
  return from < to && within(TOKEN, text, from, to);
}

/** Space or tab: optional whitespace around values. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/**
 * Whether `text[from, to)` holds only octets allowed in a field value: no control, no bare CR, no
 * NUL.
 */
export function isFieldValue(text: string, from: number, to: number): boolean {
  return within(FIELD_VALUE, text, from, to);
}

/** Whether `text[from, to)` is a non-empty run of characters allowed in a request target. */
export function isTarget(text: string, from: number, to: number): boolean {
  return from < to && within(TARGET, text, from, to);
}

let lastHost = "";

/**
 * Whether `text` is a valid value of the Host field. Remembers the last valid one, because clients
 * repeat it.
 */
export function isHost(text: string): boolean {
  if (text === lastHost) return true;
  const { groups } = HOST.exec(text) ?? {};
  if (groups === undefined || Number(groups.port ?? 0) > HIGHEST_PORT) return false;
  if (groups.ipv6 !== undefined && !isIPv6(groups.ipv6)) return false;
  lastHost = text;
  return true;
}

/**
 * The authority and the origin-form of an absolute-form target (`http://a/b?c`), or null if it has
 * another form.
 */
export function splitAbsoluteForm(target: string): { authority: string; origin: string } | null {
  const match = ABSOLUTE_FORM.exec(target);
  if (match === null || !isHost(match[1] as string) || match[1]?.startsWith(":")) return null;
  return { authority: match[1] as string, origin: (match[2] || "/") + (match[3] ?? "") };
}

/** The members of a comma-separated list, trimmed, without empty ones (RFC 9110 section 5.6.1). */
export function listMembers(value: string): string[] {
  return value
    .split(",")
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
}

function within(allowed: Uint8Array, text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (allowed[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

function characterClass(single: string, ...ranges: (readonly [first: string, last: string])[]): Uint8Array {
  const allowed = new Uint8Array(256);
  for (const character of single) allowed[character.charCodeAt(0)] = 1;
  for (const [first, last] of ranges) allowed.fill(1, first.charCodeAt(0), last.charCodeAt(0) + 1);
  return allowed;
}
