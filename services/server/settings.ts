// The settings of the server. Each has its place in the configuration, an option, an environment
// variable, a default and its accepted values; --help is made from this table.
// docs/container-contract.md names the variables that every service has.

import { isIP } from "node:net";
import { HTTP_PORT, METRICS_PORT } from "../../lib/contract/places.ts";
import { type Kind, oneOf, orNull, text, truth, whole } from "../../lib/fields/kinds.ts";
import type { Field } from "../../lib/fields/read.ts";
import { BEST_SOCKETS, usableSockets } from "../../lib/sockets/kinds.ts";
import { WRITES } from "../../lib/sockets/piece.ts";
import { PROTOCOLS, type ProtocolName } from "./session/table.ts";
import type { StructureConfig } from "./structures/structure.ts";
import { STRUCTURES, type StructureName } from "./structures/table.ts";
import { TRANSPORTS } from "./transport/table.ts";

export interface Config {
  structure: StructureName;
  /** Address of the metrics; null: none. */
  managementAddress: string | null;
  /** Seed of the site to write under the root first; null: the root is served as it is. */
  seed: number | null;
  server: StructureConfig;
}

export interface Setting<Value> extends Field<Value> {
  option: string;
  variable: string;
  usual: Value;
  /** The word for a value in --help. */
  placeholder: string;
  help: string;
}

/** The paths into Config: `server.site.root`. */
type PathsOf<Of> = {
  [Name in keyof Of & string]: Of[Name] extends object ? `${Name}.${PathsOf<Of[Name]>}` : Name;
}[keyof Of & string];
type ValueAt<Of, Path> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Of
    ? ValueAt<Of[Name], Rest>
    : never
  : Path extends keyof Of
    ? Of[Path]
    : never;
/** Every value of Config but the parser's limits, which nobody sets. */
type SetPath = Exclude<PathsOf<Config>, `server.limits.${string}`>;
export type Settings = { readonly [Path in SetPath]: Setting<ValueAt<Config, Path>> };

type Shown<Value> = Kind<Value> & { placeholder: string };

const IP: Shown<string> = { ...text("an IP address", (given) => isIP(given) !== 0), placeholder: "IP" };
const ON = { ...truth("on", "off"), placeholder: "ON" };
const HOUR_MILLIS = 3_600_000;
const duration = count(1, HOUR_MILLIS);

/** By path into Config. */
export const SETTINGS: Settings = {
  "server.address": setting("address", "RTTLAB_DATA_ADDRESS", "127.0.0.1", IP, "address to listen on"),
  "server.port": setting("port", "SERVER_PORT", HTTP_PORT, count(0, 65_535), "port to listen on; 0: any"),
  managementAddress: setting(
    "management-address",
    "RTTLAB_MGMT_ADDRESS",
    null,
    orNothing(IP, ": no metrics"),
    `address of /metrics, port ${METRICS_PORT}`,
  ),
  "server.protocol": setting(
    "protocol",
    "RTTLAB_PROTOCOL",
    "http",
    name("NAME", Object.keys(PROTOCOLS) as ProtocolName[]),
    "protocol to speak; echo: every octet goes back as it came",
  ),
  "server.transport": setting(
    "transport",
    "SERVER_TRANSPORT",
    "tcp",
    name("NAME", TRANSPORTS),
    "transport of connections; rudp: ours, over UDP",
  ),
  structure: setting(
    "structure",
    "SERVER_STRUCTURE",
    "event",
    name("NAME", Object.keys(STRUCTURES) as StructureName[]),
    "how connections become work",
  ),
  "server.sockets": setting(
    "sockets",
    "SERVER_SOCKETS",
    BEST_SOCKETS,
    name("KIND", usableSockets()),
    "sockets of an event loop over TCP: Node's, or Linux's own system calls",
  ),
  "server.workers": setting(
    "workers",
    "SERVER_WORKERS",
    0,
    count(0, 1_024),
    "threads or processes; 0: one per core, and of those that block 16",
  ),
  "server.backlog": setting(
    "backlog",
    "SERVER_BACKLOG",
    4096,
    count(1, 65_535),
    "connections that the kernel holds until they are taken; net.core.somaxconn caps it",
  ),
  "server.nodelay": setting(
    "nodelay",
    "SERVER_NODELAY",
    true,
    ON,
    "TCP_NODELAY of connections; off: Nagle's algorithm holds back a small segment after an unacknowledged one",
  ),
  "server.writes": setting(
    "writes",
    "SERVER_WRITES",
    "whole",
    name("HOW", WRITES),
    "parts: an answer's head and its content go to the kernel in a write each; whole: in one, up to 64 KiB",
  ),
  "server.connections": setting(
    "connections",
    "SERVER_CONNECTIONS",
    100_000,
    count(1, 1_000_000),
    "connections open at a time, of structures whose workers are no limit; others are refused (503)",
  ),
  "server.site.root": setting(
    "root",
    "SERVER_ROOT",
    "/tmp/site",
    { ...text("a directory"), placeholder: "DIR" },
    "document root",
  ),
  seed: setting(
    "generate",
    "RTTLAB_SITE_SEED",
    null,
    orNothing({ ...count(0, 2 ** 32 - 1), placeholder: "SEED" }),
    "write the site of this seed under the root first",
  ),
  "server.site.index": setting(
    "index",
    "SERVER_INDEX",
    "index.html",
    { ...text("a file name", (given) => /^[^/\0]+$/.test(given)), placeholder: "NAME" },
    "file that stands for its directory",
  ),
  "server.version": setting(
    "http",
    "SERVER_HTTP",
    "1.1",
    name("VERSION", ["1.0", "1.1"]),
    "1.0: answers as HTTP/1.0, one request a connection, to every client",
  ),
  "server.site.htaccess": setting("htaccess", "SERVER_HTACCESS", true, ON, "whether .htaccess files are read"),
  "server.site.cache.bytes": setting(
    "cache-bytes",
    "SERVER_CACHE_BYTES",
    64 * 1024 ** 2,
    count(0, 2 ** 40),
    "memory for small files; 0: none",
  ),
  "server.site.cache.fileBytes": setting(
    "cache-file-bytes",
    "SERVER_CACHE_FILE_BYTES",
    16 * 1024 ** 2,
    count(0, 2 ** 30),
    "largest file that is held in memory",
  ),
  "server.site.cache.revalidateMillis": setting(
    "cache-revalidate-ms",
    "SERVER_CACHE_REVALIDATE_MS",
    1000,
    count(0, HOUR_MILLIS),
    "longest time a changed file goes unnoticed",
  ),
  "server.timeouts.idle.minimumMillis": setting(
    "idle-min-ms",
    "SERVER_IDLE_MIN_MS",
    2000,
    duration,
    "idle time-out when connections are at capacity",
  ),
  "server.timeouts.idle.maximumMillis": setting(
    "idle-max-ms",
    "SERVER_IDLE_MAX_MS",
    60_000,
    duration,
    "idle time-out when there are none",
  ),
  "server.timeouts.idle.capacity": setting(
    "idle-capacity",
    "SERVER_IDLE_CAPACITY",
    10_000,
    count(1, 1_000_000),
    "connections at which the idle time-out is at its minimum",
  ),
  "server.timeouts.headMillis": setting(
    "head-ms",
    "SERVER_HEAD_MS",
    10_000,
    duration,
    "longest time for the head of a request",
  ),
  "server.timeouts.contentMillis": setting(
    "content-ms",
    "SERVER_CONTENT_MS",
    60_000,
    duration,
    "longest time for the content of a request",
  ),
  "server.timeouts.writeMillis": setting(
    "write-ms",
    "SERVER_WRITE_MS",
    30_000,
    duration,
    "longest time in which a client takes nothing",
  ),
  "server.timeouts.lingerMillis": setting(
    "linger-ms",
    "SERVER_LINGER_MS",
    2000,
    duration,
    "longest wait for the client's close after ours",
  ),
  "server.serverTiming": setting(
    "server-timing",
    "SERVER_TIMING",
    false,
    ON,
    "whether answers say in Server-Timing where their time went",
  ),
  "server.accessLog": setting(
    "log",
    "SERVER_LOG",
    false,
    { ...truth("common", "none"), placeholder: "FORMAT" },
    "log of answers on stderr; common: Common Log Format",
  ),
};

function setting<Value>(
  option: string,
  variable: string,
  usual: Value,
  kind: Shown<Value>,
  help: string,
): Setting<Value> {
  return { option, variable, usual, help, ...kind };
}

function count(least: number, most: number): Shown<number> {
  return { ...whole(least, most), placeholder: "N" };
}

function name<Name extends string>(placeholder: string, names: readonly Name[]): Shown<Name> {
  return { ...oneOf(...names), placeholder };
}

/** Also accepts an empty text, which means null. */
function orNothing<Value>({ placeholder, ...kind }: Shown<Value>, meaning = ""): Shown<Value | null> {
  return { ...orNull(kind), placeholder, allowed: `${kind.allowed}, or empty${meaning}` };
}
