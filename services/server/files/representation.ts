// A file as HTTP sees it: its validators, its type and, when it is small, its bytes.

import type { Stats } from "node:fs";
import { formatDate } from "../http/date.ts";
import { mediaType } from "./media-type.ts";

export interface Representation {
  /** Path without symbolic links. */
  path: string;
  length: number;
  /** A strong validator: inode, length and time of change to the nanosecond as far as a double holds it. */
  etag: string;
  /** Modification time in milliseconds since the epoch, cut to the second that Last-Modified can express. */
  modifiedMillis: number;
  /** Content-Type, ETag, Last-Modified and Accept-Ranges, as header lines. */
  fields: string;
  /** The whole content, or null when it is read from the file each time. */
  content: Buffer | null;
}

/** What can be said of a file without reading it. */
export function representationOf(path: string, stats: Stats): Representation {
  const etag = etagOf(stats);
  const modifiedMillis = Math.floor(stats.mtimeMs / 1000) * 1000;
  const fields =
    `Content-Type: ${mediaType(path)}\r\n` +
    `Last-Modified: ${formatDate(modifiedMillis)}\r\n` +
    `ETag: ${etag}\r\nAccept-Ranges: bytes\r\n`;
  return { path, length: stats.size, etag, modifiedMillis, fields, content: null };
}

export function etagOf(stats: Stats): string {
  const parts = [stats.ino, stats.size, Math.round(stats.mtimeMs * 1000)];
  return `"${parts.map((part) => part.toString(36)).join("-")}"`;
}
