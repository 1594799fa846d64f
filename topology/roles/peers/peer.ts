// A peer is a server that we did not write, as a host in place of ours: the same site, port, limits
// and time-outs, said in its own configuration. Each is one file and one line in table.ts; its
// configuration is text, so that results can print it (docs/peers.md).

import type { Options, RoleOption } from "../options.ts";

export interface Peer {
  /** The protocols that it speaks. */
  protocols: readonly ("http" | "echo")[];
  /** Which of a server's options it has, beside `peer` and `protocol`. */
  options: readonly string[];
  /** The program and its words; CONFIGURATION is the path of its configuration. */
  command: readonly string[];
  /** How many threads or processes do its work; 1 if left out. */
  threads?(settings: PeerSettings): number;
  /** DATA_ADDRESS stands for the host's address, which images/peers/start.sh knows. */
  configuration(settings: PeerSettings): string;
}

/** In the terms of our server's options, which have the same defaults. */
export interface PeerSettings {
  port: number;
  protocol: string;
  root: string;
  /** Threads or processes; 0: not chosen. */
  workers: number;
  connections: number;
  backlog: number;
  idleMillis: number;
  headMillis: number;
  contentMillis: number;
  writeMillis: number;
  lingerMillis: number;
}

export const DATA_ADDRESS = "DATA_ADDRESS";
export const CONFIGURATION = "/tmp/peer/configuration";
/** Where start.sh writes the site. */
export const SITE = "/tmp/site";
/**
 * Where none is chosen: a tenth of ours, because nginx reserves memory for each connection when it
 * starts.
 */
const USUAL_CONNECTIONS = 10_000;

export const TIMEOUTS = ["idle-max-ms", "head-ms", "content-ms", "write-ms"] as const;

/** The options of the role in whose place a peer stands. */
export type Known = Readonly<Record<string, RoleOption>>;

export function peerSettings(options: Options, known: Known, port: number): PeerSettings {
  const count = (name: string) => Number(options[name] ?? known[name]?.usual);
  return {
    port,
    protocol: options.protocol ?? "http",
    root: SITE,
    workers: count("workers"),
    connections: Number(options.connections ?? USUAL_CONNECTIONS),
    backlog: count("backlog"),
    idleMillis: count("idle-max-ms"),
    headMillis: count("head-ms"),
    contentMillis: count("content-ms"),
    writeMillis: count("write-ms"),
    lingerMillis: count("linger-ms"),
  };
}

/** For programs that count whole seconds: never sooner than ours. */
export function seconds(millis: number): number {
  return Math.ceil(millis / 1000);
}
