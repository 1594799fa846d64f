// The settings of the server: for each its option, its environment variable, what it accepts and its default. --help is made from
// this table. docs/container-contract.md names the variables that every service has.

import { isIP } from "node:net";
import { BEST_SOCKETS, usableSockets } from "./sockets/kinds.ts";
import { STRUCTURES } from "./structures/table.ts";

export interface Setting {
  option: string;
  variable: string;
  /** What stands for a value in --help. */
  placeholder: string;
  help: string;
  allowed: string;
  /** The value that a text stands for, or undefined when it stands for none. */
  read(text: string): unknown;
  default: string;
}

const NUMBER = { placeholder: "N" };

export const SETTINGS = {
  address: {
    ...{ option: "address", variable: "RTTLAB_DATA_ADDRESS", placeholder: "IP", default: "127.0.0.1" },
    ...{ help: "address to listen on", allowed: "an IP address", read: ip },
  },
  port: {
    ...{ option: "port", variable: "SERVER_PORT", ...NUMBER, default: "80" },
    ...{ help: "port to listen on; 0: any", ...integer(0, 65_535) },
  },
  managementAddress: {
    ...{ option: "management-address", variable: "RTTLAB_MGMT_ADDRESS", placeholder: "IP", default: "" },
    ...{ help: "address of /metrics, port 9100", allowed: "an IP address, or empty: no metrics", read: ipOrNothing },
  },
  structure: {
    ...{ option: "structure", variable: "SERVER_STRUCTURE", placeholder: "NAME", default: "event" },
    ...{ help: "how connections become work", ...oneOf(Object.keys(STRUCTURES)) },
  },
  sockets: {
    ...{ option: "sockets", variable: "SERVER_SOCKETS", placeholder: "KIND", default: BEST_SOCKETS },
    ...{ help: "sockets of an event loop: Node's, or Linux's own system calls", ...oneOf(usableSockets()) },
  },
  workers: {
    ...{ option: "workers", variable: "SERVER_WORKERS", ...NUMBER, default: "0" },
    ...{ help: "threads or processes; 0: one per core", ...integer(0, 1_024) },
  },
  root: {
    ...{ option: "root", variable: "SERVER_ROOT", placeholder: "DIR", default: "/tmp/site" },
    ...{ help: "document root", allowed: "a directory", read: nonEmpty },
  },
  seed: {
    ...{ option: "generate", variable: "RTTLAB_SITE_SEED", placeholder: "SEED", default: "" },
    ...{ help: "write the site of this seed under the root first", ...integerOrNothing(0, 2 ** 32 - 1) },
  },
  index: {
    ...{ option: "index", variable: "SERVER_INDEX", placeholder: "NAME", default: "index.html" },
    ...{ help: "file that stands for its directory", allowed: "a file name", read: fileName },
  },
  version: {
    ...{ option: "http", variable: "SERVER_HTTP", placeholder: "VERSION", default: "1.1" },
    ...{ help: "1.0: answers as HTTP/1.0, one request a connection, to every client", ...oneOf(["1.0", "1.1"]) },
  },
  htaccess: {
    ...{ option: "htaccess", variable: "SERVER_HTACCESS", placeholder: "ON", default: "on" },
    ...{ help: "whether .htaccess files are read", ...oneOf(["on", "off"]) },
  },
  cacheBytes: {
    ...{ option: "cache-bytes", variable: "SERVER_CACHE_BYTES", ...NUMBER, default: String(64 * 1024 ** 2) },
    ...{ help: "memory for small files; 0: none", ...integer(0, 2 ** 40) },
  },
  cacheFileBytes: {
    ...{ option: "cache-file-bytes", variable: "SERVER_CACHE_FILE_BYTES", ...NUMBER, default: String(16 * 1024 ** 2) },
    ...{ help: "largest file that is held in memory", ...integer(0, 2 ** 30) },
  },
  cacheRevalidateMillis: {
    ...{ option: "cache-revalidate-ms", variable: "SERVER_CACHE_REVALIDATE_MS", ...NUMBER, default: "1000" },
    ...{ help: "longest time a changed file goes unnoticed", ...integer(0, 3_600_000) },
  },
  idleMinimumMillis: {
    ...{ option: "idle-min-ms", variable: "SERVER_IDLE_MIN_MS", ...NUMBER, default: "2000" },
    ...{ help: "idle time-out when connections are at capacity", ...integer(1, 3_600_000) },
  },
  idleMaximumMillis: {
    ...{ option: "idle-max-ms", variable: "SERVER_IDLE_MAX_MS", ...NUMBER, default: "60000" },
    ...{ help: "idle time-out when there are none", ...integer(1, 3_600_000) },
  },
  idleCapacity: {
    ...{ option: "idle-capacity", variable: "SERVER_IDLE_CAPACITY", ...NUMBER, default: "10000" },
    ...{ help: "connections at which the idle time-out is at its minimum", ...integer(1, 1_000_000) },
  },
  headMillis: {
    ...{ option: "head-ms", variable: "SERVER_HEAD_MS", ...NUMBER, default: "10000" },
    ...{ help: "longest time for the head of a request", ...integer(1, 3_600_000) },
  },
  contentMillis: {
    ...{ option: "content-ms", variable: "SERVER_CONTENT_MS", ...NUMBER, default: "60000" },
    ...{ help: "longest time for the content of a request", ...integer(1, 3_600_000) },
  },
  writeMillis: {
    ...{ option: "write-ms", variable: "SERVER_WRITE_MS", ...NUMBER, default: "30000" },
    ...{ help: "longest time in which a client takes nothing", ...integer(1, 3_600_000) },
  },
  lingerMillis: {
    ...{ option: "linger-ms", variable: "SERVER_LINGER_MS", ...NUMBER, default: "2000" },
    ...{ help: "longest wait for the client's close after ours", ...integer(1, 3_600_000) },
  },
  serverTiming: {
    ...{ option: "server-timing", variable: "SERVER_TIMING", placeholder: "ON", default: "off" },
    ...{ help: "whether answers tell in Server-Timing where their time went", ...oneOf(["on", "off"]) },
  },
  accessLog: {
    ...{ option: "log", variable: "SERVER_LOG", placeholder: "FORMAT", default: "none" },
    ...{ help: "log of answers on stderr; common: Common Log Format", ...oneOf(["none", "common"]) },
  },
} as const satisfies Record<string, Setting>;

function integer(lowest: number, highest: number) {
  const read = (text: string) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= lowest && value <= highest ? value : undefined;
  };
  return { allowed: `an integer from ${lowest} to ${highest}`, read };
}

function integerOrNothing(lowest: number, highest: number) {
  const { allowed, read } = integer(lowest, highest);
  return { allowed: `${allowed}, or empty`, read: (text: string) => (text === "" ? null : read(text)) };
}

function oneOf(names: string[]) {
  return { allowed: names.join(", "), read: (text: string) => (names.includes(text) ? text : undefined) };
}

function ip(text: string): string | undefined {
  return isIP(text) === 0 ? undefined : text;
}

function ipOrNothing(text: string): string | null | undefined {
  return text === "" ? null : ip(text);
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function fileName(text: string): string | undefined {
  return text === "" || text.includes("/") || text.includes("\0") ? undefined : text;
}
