// A request target's path as names under the document root. Decoded once and only once, so that `%252e` stays a name with a percent
// sign; dot segments are resolved before anything touches the file system (RFC 3986 section 5.2.4).

/** The names on the way down, and whether the path ended with a slash. */
export interface TargetPath {
  names: string[];
  slash: boolean;
}

/** The path of an origin-form target, or the status that refuses it: 400 malformed or above the root, 404 unheard of as a name. */
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

export function withoutQuery(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

/** The path down the names, each percent-encoded, without a slash at its end. */
export function encodedPath({ names }: TargetPath): string {
  return names.map((name) => `/${encodeURIComponent(name)}`).join("");
}

/** A query, its question mark included, in which everything is encoded that RFC 3986 section 3.4 does not allow in one. */
export function encodedQuery(query: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  return query.replace(/%(?![0-9A-Fa-f]{2})|[^\w\-.~!$&'()*+,;=:@/?%]/g, encode);
}

/** Percent-decoding into UTF-8 (RFC 3986 section 2.1), or null where it is malformed. */
function decode(part: string): string | null {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
