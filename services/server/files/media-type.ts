// The media type of a file by the endings of its name: AddType's, then mime-types, which carries IANA's and Apache's tables.

import { contentType, lookup } from "mime-types";

/** The value for Content-Type; octets of no known kind are `application/octet-stream`. `added` is by endings in lower case. */
export function mediaType(name: string, added?: ReadonlyMap<string, string>): string {
  if (added === undefined || added.size === 0) return contentType(name) || "application/octet-stream";
  const endings = name.split(".").slice(1);
  // Any ending counts, as with Apache, and the last that is known wins.
  const known = endings.findLast((ending) => added.has(ending.toLowerCase()) || lookup(`x.${ending}`) !== false);
  if (known === undefined) return "application/octet-stream";
  return added.get(known.toLowerCase()) ?? (contentType(`x.${known}`) || "application/octet-stream");
}
