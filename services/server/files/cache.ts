// A cache of small files, bounded in bytes. An entry is used unchecked for `revalidateMillis` after
// it was last compared with the file system, so a changed file is noticed that much later at most;
// 0 compares on every request. Eviction is second chance (CLOCK): a hit sets one flag instead of
// reordering the map.
//
// The octets of an answer are held in up to three places: here as the file's content, in the
// response as last written for the wire (http/octets.ts), and for larger ones in a file in memory
// that the kernel sends from (lib/sockets/memory-files.ts).

import type { Response } from "../http/message.ts";
import { SMALL_CONTENT_BYTES } from "../http/octets.ts";
import type { Description } from "../http/representation.ts";
import type { Guard } from "./resolve.ts";

export interface CacheOptions {
  /** Most bytes of content; 0 turns the cache off. */
  bytes: number;
  /** Larger files are not cached. */
  fileBytes: number;
  revalidateMillis: number;
}

export interface CacheEntry {
  /** Path of the file without symbolic links. */
  path: string;
  /** Its guard, judged at each request; null without one. */
  guard: Guard | null;
  description: Description;
  content: Buffer;
  /** The plain answer to GET: 200 with the whole content. */
  response: Response;
  checkedAtMillis: number;
  used: boolean;
}

/** Cost of an entry besides its content: names, header lines, objects. */
const ENTRY_OVERHEAD_BYTES = 1_024;

export interface FileCache {
  /** The entry for a path as the client wrote it, if it need not be compared yet. */
  fresh(key: string, nowMillis: number): CacheEntry | undefined;
  /** The entry, whatever its age. */
  stale(key: string): CacheEntry | undefined;
  put(key: string, entry: CacheEntry): void;
  remove(key: string): void;
  readonly bytes: number;
}

export function createCache(options: CacheOptions): FileCache {
  const entries = new Map<string, CacheEntry>();
  let bytes = 0;

  function remove(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    bytes -= costOf(entry);
  }

  function evictFor(wanted: number): void {
    for (const [key, entry] of entries) {
      if (bytes + wanted <= options.bytes) return;
      if (entry.used) {
        entry.used = false;
        entries.delete(key);
        entries.set(key, entry);
      } else remove(key);
    }
  }

  return {
    fresh(key, nowMillis) {
      const entry = entries.get(key);
      if (entry === undefined || nowMillis - entry.checkedAtMillis >= options.revalidateMillis) return undefined;
      entry.used = true;
      return entry;
    },
    stale: (key) => entries.get(key),
    put(key, entry) {
      remove(key);
      const cost = costOf(entry);
      if (cost > options.bytes) return;
      evictFor(cost);
      entries.set(ownCopy(key), entry);
      bytes += cost;
    },
    remove,
    get bytes() {
      return bytes;
    },
  };
}

/** A small content is held twice: by itself, and behind its head as last sent. */
function costOf({ content }: CacheEntry): number {
  const copies = content.length <= SMALL_CONTENT_BYTES ? 2 : 1;
  return copies * content.length + ENTRY_OVERHEAD_BYTES;
}

/** A slice would keep alive the whole text that it was cut from, here everything from one read. */
function ownCopy(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
