// Preconditions of a request against the current representation, in the order of RFC 9110 section
// 13.2.2.

import { parseDate } from "./date.ts";
import { combinedField, type Request } from "./message.ts";

/** The validators of a representation. */
export interface Validators {
  /** With its quotes, and `W/` if weak. */
  etag: string;
  /** Last-Modified, in milliseconds since the epoch, whole seconds. */
  modifiedMillis: number;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
/** Its empty members count for nothing (section 5.6.1.2). */
const ENTITY_TAG_LIST = /^[ \t,]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))+$/;
/**
 * From this time on a modification date distinguishes versions: no change can hide in the same
 * second (section 8.8.2.2).
 */
const DATE_IS_STRONG_AFTER_MILLIS = 1_000;

/** Whether a request has a field that can make its answer other than the plain one. */
export function isConditional({ fields }: Request): boolean {
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] as string;
    if (name === "range" || name.startsWith("if-")) return true;
  }
  return false;
}

/** Outcome for a representation that would be sent with 200: 304, 412, or null to send it. */
export function precondition(request: Request, current: Validators, nowMillis: number): 304 | 412 | null {
  const ifMatch = combinedField(request, "if-match");
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current.etag, strongEqual)) return 412;
  } else {
    const since = dateField(request, "if-unmodified-since", nowMillis);
    if (since !== undefined && current.modifiedMillis > since) return 412;
  }
  const ifNoneMatch = combinedField(request, "if-none-match");
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, current.etag, weakEqual) ? 304 : null;
  const since = dateField(request, "if-modified-since", nowMillis);
  return since !== undefined && current.modifiedMillis <= since ? 304 : null;
}

/** Whether If-Range allows the Range field: true without If-Range (section 13.1.5). */
export function rangeHolds(request: Request, current: Validators, nowMillis: number): boolean {
  const value = combinedField(request, "if-range");
  if (value === undefined) return true;
  if (value.startsWith('"') || value.startsWith("W/")) return strongEqual(value, current.etag);
  const isStrong = nowMillis - current.modifiedMillis >= DATE_IS_STRONG_AFTER_MILLIS;
  return isStrong && parseDate(value, nowMillis) === current.modifiedMillis;
}

function matches(value: string, etag: string, equal: (one: string, other: string) => boolean): boolean {
  if (value === "*") return true;
  if (!ENTITY_TAG_LIST.test(value)) return false;
  return (value.match(ENTITY_TAG) ?? []).some((given) => equal(given, etag));
}

function strongEqual(one: string, other: string): boolean {
  return one === other && !one.startsWith("W/");
}

function weakEqual(one: string, other: string): boolean {
  return one.replace(/^W\//, "") === other.replace(/^W\//, "");
}

function dateField(request: Request, name: string, nowMillis: number): number | undefined {
  const value = combinedField(request, name);
  return value === undefined ? undefined : parseDate(value, nowMillis);
}
