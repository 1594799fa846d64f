// field-name ":" OWS field-value OWS (RFC 9112 section 5), in text with one code unit per octet.

import { isBlank, isFieldValue, isToken } from "./grammar.ts";
import type { Refusal } from "./message.ts";

/**
 * Reads the line `[from, to)` and appends its name, in lower case, and its value to `into`, if
 * given. Returns null, or why it is no field line.
 */
export function readFieldLine(text: string, from: number, to: number, into: string[] | null): Refusal | null {
  if (isBlank(text.charCodeAt(from))) return refusal("a field may not be folded over lines");
  const colon = text.indexOf(":", from);
  if (colon === -1 || colon >= to) return refusal("a field line needs a colon");
  if (!isToken(text, from, colon)) return refusal("a field name must be a token, with the colon right after it");
  let start = colon + 1;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  if (!isFieldValue(text, start, end)) return refusal("a field value may not hold control characters");
  into?.push(text.slice(from, colon).toLowerCase(), text.slice(start, end));
  return null;
}

function refusal(reason: string): Refusal {
  return { status: 400, reason };
}
