// A structure on loopback for tests, with its counters.

import { BEST_SOCKETS, usableSockets } from "../../../lib/sockets/kinds.ts";
import { type Counters, createCounters } from "../accounting/counters.ts";
import { DEFAULT_LIMITS } from "../http/limits.ts";
import type { RunningStructure, Structure, StructureConfig } from "../structures/structure.ts";
import { STRUCTURES } from "../structures/table.ts";

const IS_LINUX = process.platform === "linux";

/** A failed test that has it by `await using` leaves nothing open, or its file would never end. */
export interface Server extends RunningStructure, AsyncDisposable {
  threads: Counters[];
}

/** Settings that a test may change. */
export interface Wanted {
  timeouts?: Partial<StructureConfig["timeouts"]>;
  cache?: StructureConfig["site"]["cache"];
  port?: number;
  workers?: number;
  connections?: number;
  backlog?: number;
  nodelay?: boolean;
  writes?: StructureConfig["writes"];
  protocol?: StructureConfig["protocol"];
  transport?: StructureConfig["transport"];
  version?: StructureConfig["version"];
  serverTiming?: boolean;
}

/** Every structure that this system has, with every kind of sockets. */
export function everyStructure(): [name: string, structure: Structure][] {
  return Object.entries<Structure>(STRUCTURES).flatMap(([name, structure]): [string, Structure][] => {
    if (structure.usesSystemCalls) return IS_LINUX ? [[name, structure]] : [];
    return usableSockets().map((sockets) => [`${name} on ${sockets}`, changed(structure, { sockets })]);
  });
}

/** Every structure that this system has, over RUDP. */
export function everyStructureOfRudp(): [name: string, structure: Structure][] {
  return Object.entries<Structure>(STRUCTURES)
    .filter(([, { usesSystemCalls }]) => IS_LINUX || !usesSystemCalls)
    .map(([name, structure]) => [`${name} over RUDP`, changed(structure, { transport: "rudp" })]);
}

/** Serves the files under `root`. */
export async function startServer(structure: Structure, root: string, wanted: Wanted = {}): Promise<Server> {
  const threads: Counters[] = [];
  const newCounters = (counters = createCounters()) => {
    threads.push(counters);
    return counters;
  };
  const running = await structure.start(testConfig(root, wanted), newCounters);
  let closing: Promise<void> | undefined;
  const close = (graceMillis: number) => (closing ??= running.close(graceMillis));
  return { ...running, threads, close, [Symbol.asyncDispose]: () => close(0) };
}

/**
 * Skips a test on a structure that serves fewer connections at a time than the test holds, however
 * many workers it has.
 */
export function needs(structure: Structure, connections: number): { skip: string | false } {
  const slots = structure.slots?.(testConfig("", { workers: connections })) ?? Number.POSITIVE_INFINITY;
  return { skip: slots < connections && `it serves ${slots} at a time` };
}

/** The settings of a server in a test. */
export function testConfig(root: string, wanted: Wanted = {}): StructureConfig {
  const { timeouts, port = 0, protocol = "http", transport = "tcp", version = "1.1" } = wanted;
  const { workers = 2, backlog = 512, connections = 1_000 } = wanted;
  const { nodelay = true, writes = "whole" } = wanted;
  const cache = wanted.cache ?? { bytes: 1_000_000, fileBytes: 200_000, revalidateMillis: 1_000 };
  const idle = { minimumMillis: 5_000, maximumMillis: 10_000, capacity: 1_000 };
  const times = { idle, headMillis: 5_000, contentMillis: 5_000, writeMillis: 5_000, lingerMillis: 500 };
  return {
    address: "127.0.0.1",
    port,
    transport,
    sockets: BEST_SOCKETS,
    workers,
    backlog,
    nodelay,
    writes,
    connections,
    protocol,
    site: { root, index: "index.html", cache, htaccess: true },
    limits: DEFAULT_LIMITS,
    version,
    timeouts: { ...times, ...timeouts },
    accessLog: false,
    serverTiming: wanted.serverTiming ?? true,
  };
}

/** Several times what any of them takes on a busy machine. */
const UNTIL_MILLIS = 60_000;

/** Polls the counters, because nothing announces a change of shared memory. */
export async function until(condition: () => boolean): Promise<void> {
  for (const began = performance.now(); !condition(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (performance.now() - began > UNTIL_MILLIS) throw new Error(`waited in vain until ${condition}`);
  }
}

function changed(structure: Structure, change: Partial<StructureConfig>): Structure {
  const { slots, start } = structure;
  return {
    ...structure,
    ...(slots === undefined ? {} : { slots: (config: StructureConfig) => slots({ ...config, ...change }) }),
    start: (config, newCounters) => start({ ...config, ...change }, newCounters),
  };
}
