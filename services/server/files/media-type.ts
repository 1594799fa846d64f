// The media type of a file by the extensions of its name: AddType's, then mime-types, which has
// IANA's and Apache's tables.

import { contentType, lookup } from "mime-types";

/**
 * The value of Content-Type, `application/octet-stream` if unknown. Keys of `added` are extensions
 * in lower case.
 */
export function mediaType(name: string, added?: ReadonlyMap<string, string>): string {
  if (added === undefined || added.size === 0) return contentType(name) || "application/octet-stream";
  const endings = name.split(".").slice(1);
  // Every extension counts, as in Apache, and the last known one wins.
  const known = endings.findLast((ending) => added.has(ending.toLowerCase()) || lookup(`x.${ending}`) !== false);
  if (known === undefined) return "application/octet-stream";
  return added.get(known.toLowerCase()) ?? (contentType(`x.${known}`) || "application/octet-stream");
}
