// A file as HTTP describes it.

import type { Stats } from "node:fs";
import { formatDate } from "../http/date.ts";
import type { Description } from "../http/representation.ts";
import { mediaType } from "./media-type.ts";

/**
 * Describes a file without reading it. `types` come from rules. No date lies in the future (RFC
 * 9110 section 8.8.2.1).
 */
export function describeFile(
  name: string,
  stats: Stats,
  nowMillis: number,
  types?: ReadonlyMap<string, string>,
): Description {
  const etag = etagOf(stats);
  const modifiedMillis = Math.floor(Math.min(stats.mtimeMs, nowMillis) / 1000) * 1000;
  const fields = `Last-Modified: ${formatDate(modifiedMillis)}\r\nETag: ${etag}\r\nAccept-Ranges: bytes\r\n`;
  return { length: stats.size, contentType: mediaType(name, types), etag, modifiedMillis, fields };
}

/** A strong validator: inode, length, and time of modification in microseconds. */
export function etagOf({ ino, size, mtimeMs }: Stats): string {
  return `"${[ino, size, Math.round(mtimeMs * 1000)].map((part) => part.toString(36)).join("-")}"`;
}
