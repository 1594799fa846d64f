// A request target's path as names under the document root. It is decoded exactly once, so `%252e`
// remains a name with a percent sign, and dot segments are resolved before anything touches the
// file system (RFC 3986 section 5.2.4). A file system's names are octets, UTF-8 or not, so all
// names and paths here are text with one code unit per octet (latin1).

import { Buffer } from "node:buffer";

/** The names from the root down, and whether the path ended with a slash. */
export interface TargetPath {
  names: string[];
  slash: boolean;
}

/**
 * The path of an origin-form target, or the status that refuses it: 400 if malformed or above the
 * root, 404 if it cannot be a name.
 */
export function targetPath(target: string): TargetPath | 400 | 404 {
  const names: string[] = [];
  const parts = withoutQuery(target).split("/").slice(1);
  for (const part of parts) {
    const name = decode(part);
    if (name === null || name.includes("\0")) return 400;
    if (name.includes("/")) return 404;
    if (name === "..") {
      if (names.pop() === undefined) return 400;
    } else if (name !== "" && name !== ".") names.push(name);
  }
  const last = decode(parts.at(-1) ?? "");
  return { names, slash: last === "" || last === "." || last === ".." };
}

/** The path as rules see it: decoded, without empty names and dot segments. */
export function resolvedPath({ names, slash }: TargetPath): string {
  return `/${names.join("/")}${slash && names.length > 0 ? "/" : ""}`;
}

/** The path for a target or a Location field: every octet that is not unreserved is encoded. */
export function encodedPath(path: TargetPath): string {
  return resolvedPath(path).replace(/[^-\w.~!$&'()*+,;=:@/]/g, encodeOctet);
}

/** A query with its question mark, encoding everything that RFC 3986 section 3.4 does not allow. */
export function encodedQuery(query: string): string {
  return query.replace(/%(?![0-9A-Fa-f]{2})|[^\w\-.~!$&'()*+,;=:@/?%]/g, encodeOctet);
}

function encodeOctet(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

export function withoutQuery(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

/** A path for the file system. */
export function systemPath(octets: string): string | Buffer {
  return /[\x80-\xff]/.test(octets) ? Buffer.from(octets, "latin1") : octets;
}

/** A path of the file system, or the text of a setting, as octets. */
export function octetsOf(path: string | Buffer): string {
  return (typeof path === "string" ? Buffer.from(path) : path).toString("latin1");
}

/** A path for people, in logs. */
export function readablePath(octets: string): string {
  return Buffer.from(octets, "latin1").toString();
}

/** Percent-decoding (RFC 3986 section 2.1); null if malformed. */
function decode(part: string): string | null {
  if (!part.includes("%")) return part;
  if (/%(?![0-9A-Fa-f]{2})/.test(part)) return null;
  return part.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
