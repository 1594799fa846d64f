// The settings of the server. Each has its place in the configuration, an option, an environment
// variable, a default and its accepted values; --help is made from this table.
// docs/container-contract.md names the variables that every service has.

import { isIP } from "node:net";
import { HTTP_PORT, METRICS_PORT } from "../../lib/contract/places.ts";
import { BEST_SOCKETS, usableSockets } from "../../lib/sockets/kinds.ts";
import { PROTOCOLS } from "./session/table.ts";
import { STRUCTURES } from "./structures/table.ts";

export interface Setting extends Kind {
  option: string;
  variable: string;
  help: string;
  default: string;
}

/** A kind of value. */
interface Kind {
  /** The word for a value in --help. */
  placeholder: string;
  allowed: string;
  /** The value of a text, or undefined if it is not accepted. */
  read(text: string): unknown;
  /** The accepted words, or the least and the greatest number, for others who check values. */
  choice?: Choice;
}

export type Choice = { values: readonly string[] } | { least: number; most: number };

const IP: Kind = { placeholder: "IP", allowed: "an IP address", read: ip };
const HOUR_MILLIS = 3_600_000;
const duration = integer(1, HOUR_MILLIS);

/** By path into Config. */
export const SETTINGS = {
  "server.address": setting("address", "RTTLAB_DATA_ADDRESS", "127.0.0.1", IP, "address to listen on"),
  "server.port": setting("port", "SERVER_PORT", String(HTTP_PORT), integer(0, 65_535), "port to listen on; 0: any"),
  managementAddress: setting(
    "management-address",
    "RTTLAB_MGMT_ADDRESS",
    "",
    orNothing(IP, ": no metrics"),
    `address of /metrics, port ${METRICS_PORT}`,
  ),
  "server.protocol": setting(
    "protocol",
    "RTTLAB_PROTOCOL",
    "http",
    oneOf("NAME", Object.keys(PROTOCOLS)),
    "protocol to speak; echo: every octet goes back as it came",
  ),
  structure: setting(
    "structure",
    "SERVER_STRUCTURE",
    "event",
    oneOf("NAME", Object.keys(STRUCTURES)),
    "how connections become work",
  ),
  "server.sockets": setting(
    "sockets",
    "SERVER_SOCKETS",
    BEST_SOCKETS,
    oneOf("KIND", usableSockets()),
    "sockets of an event loop: Node's, or Linux's own system calls",
  ),
  "server.workers": setting(
    "workers",
    "SERVER_WORKERS",
    "0",
    integer(0, 1_024),
    "threads or processes; 0: one per core, and of those that block 16",
  ),
  "server.backlog": setting(
    "backlog",
    "SERVER_BACKLOG",
    "4096",
    integer(1, 65_535),
    "connections that the kernel holds until they are taken; net.core.somaxconn caps it",
  ),
  "server.connections": setting(
    "connections",
    "SERVER_CONNECTIONS",
    "100000",
    integer(1, 1_000_000),
    "connections open at a time, of structures whose workers are no limit; others are refused (503)",
  ),
  "server.site.root": setting(
    "root",
    "SERVER_ROOT",
    "/tmp/site",
    { placeholder: "DIR", allowed: "a directory", read: nonEmpty },
    "document root",
  ),
  seed: setting(
    "generate",
    "RTTLAB_SITE_SEED",
    "",
    orNothing({ ...integer(0, 2 ** 32 - 1), placeholder: "SEED" }),
    "write the site of this seed under the root first",
  ),
  "server.site.index": setting(
    "index",
    "SERVER_INDEX",
    "index.html",
    { placeholder: "NAME", allowed: "a file name", read: fileName },
    "file that stands for its directory",
  ),
  "server.version": setting(
    "http",
    "SERVER_HTTP",
    "1.1",
    oneOf("VERSION", ["1.0", "1.1"]),
    "1.0: answers as HTTP/1.0, one request a connection, to every client",
  ),
  "server.site.htaccess": setting("htaccess", "SERVER_HTACCESS", "on", onOrOff(), "whether .htaccess files are read"),
  "server.site.cache.bytes": setting(
    "cache-bytes",
    "SERVER_CACHE_BYTES",
    String(64 * 1024 ** 2),
    integer(0, 2 ** 40),
    "memory for small files; 0: none",
  ),
  "server.site.cache.fileBytes": setting(
    "cache-file-bytes",
    "SERVER_CACHE_FILE_BYTES",
    String(16 * 1024 ** 2),
    integer(0, 2 ** 30),
    "largest file that is held in memory",
  ),
  "server.site.cache.revalidateMillis": setting(
    "cache-revalidate-ms",
    "SERVER_CACHE_REVALIDATE_MS",
    "1000",
    integer(0, HOUR_MILLIS),
    "longest time a changed file goes unnoticed",
  ),
  "server.timeouts.idle.minimumMillis": setting(
    "idle-min-ms",
    "SERVER_IDLE_MIN_MS",
    "2000",
    duration,
    "idle time-out when connections are at capacity",
  ),
  "server.timeouts.idle.maximumMillis": setting(
    "idle-max-ms",
    "SERVER_IDLE_MAX_MS",
    "60000",
    duration,
    "idle time-out when there are none",
  ),
  "server.timeouts.idle.capacity": setting(
    "idle-capacity",
    "SERVER_IDLE_CAPACITY",
    "10000",
    integer(1, 1_000_000),
    "connections at which the idle time-out is at its minimum",
  ),
  "server.timeouts.headMillis": setting(
    "head-ms",
    "SERVER_HEAD_MS",
    "10000",
    duration,
    "longest time for the head of a request",
  ),
  "server.timeouts.contentMillis": setting(
    "content-ms",
    "SERVER_CONTENT_MS",
    "60000",
    duration,
    "longest time for the content of a request",
  ),
  "server.timeouts.writeMillis": setting(
    "write-ms",
    "SERVER_WRITE_MS",
    "30000",
    duration,
    "longest time in which a client takes nothing",
  ),
  "server.timeouts.lingerMillis": setting(
    "linger-ms",
    "SERVER_LINGER_MS",
    "2000",
    duration,
    "longest wait for the client's close after ours",
  ),
  "server.serverTiming": setting(
    "server-timing",
    "SERVER_TIMING",
    "off",
    onOrOff(),
    "whether answers say in Server-Timing where their time went",
  ),
  "server.accessLog": setting(
    "log",
    "SERVER_LOG",
    "none",
    oneOf("FORMAT", ["none", "common"], (name) => name === "common"),
    "log of answers on stderr; common: Common Log Format",
  ),
} as const satisfies Record<string, Setting>;

function setting(option: string, variable: string, fallback: string, kind: Kind, help: string): Setting {
  return { option, variable, default: fallback, help, ...kind };
}

function integer(lowest: number, highest: number): Kind {
  const read = (text: string) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= lowest && value <= highest ? value : undefined;
  };
  const choice = { least: lowest, most: highest };
  return { placeholder: "N", allowed: `an integer from ${lowest} to ${highest}`, read, choice };
}

function oneOf(
  placeholder: string,
  names: readonly string[],
  meaning: (name: string) => unknown = (name) => name,
): Kind {
  const read = (text: string) => (names.includes(text) ? meaning(text) : undefined);
  return { placeholder, allowed: names.join(", "), read, choice: { values: names } };
}

function onOrOff(): Kind {
  return oneOf("ON", ["on", "off"], (name) => name === "on");
}

/** Also accepts an empty text, which means null. */
function orNothing({ placeholder, allowed, read }: Kind, meaning = ""): Kind {
  return {
    placeholder,
    allowed: `${allowed}, or empty${meaning}`,
    read: (text) => (text === "" ? null : read(text)),
  };
}

function ip(text: string): string | undefined {
  return isIP(text) === 0 ? undefined : text;
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function fileName(text: string): string | undefined {
  return text === "" || text.includes("/") || text.includes("\0") ? undefined : text;
}
