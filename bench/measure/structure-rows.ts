// The rows of `npm run bench structures`: which servers, under which load, and the ratios that are
// wanted of them.

import { PEER_NAMES } from "../../topology/roles/peers/table.ts";
import { echoLoad, startEchoInC } from "./echo.ts";
import { ab, type Served, wrk } from "./generators.ts";
import { startPeer } from "./peers.ts";
import { type Server, startOurs } from "./servers.ts";

export interface Bench {
  site: string;
  directory: string;
  seconds: number;
  /** How long each runs under load before it is measured. */
  warmSeconds: number;
  /** The program of echo.c. */
  echo: string;
  /** Another checkout, whose `event` takes part. */
  before?: string;
}

export interface Contestant {
  name: string;
  /** Whether it takes part. */
  starts(bench: Bench): boolean;
  start(bench: Bench, port: number): Promise<Server>;
}

export interface Row {
  name: string;
  load(server: Server, bench: Bench, seconds: number): Promise<Served>;
  /** The first is the measure of all. */
  contestants: Contestant[];
  floors: { of: string; against: string; least: number }[];
}

const WORKERS = 32;
const ECHO_CONNECTIONS = 100;
const BEFORE = "event before";
const PATH = "/files/1KiB";

const LOOPS = ["event", "event-multi", "coroutine", "staged"];
const POOLS = ["prethread", "prefork"];
const PER_CONNECTION = ["thread", "fork"];
const PEERS_OF_ECHO = PEER_NAMES.filter((name) => name.startsWith("python-"));

/**
 * An iterative server serves one connection of 32 and leaves the others waiting, so it takes part
 * where each request has its own.
 */
const KEPT: Row = {
  name: "keep-alive 1KiB",
  load: ({ name, port }, { directory }, seconds) => {
    const url = `http://127.0.0.1:${port}${PATH}`;
    // It closes idle connections while all of its threads are busy.
    const mayClose = name === "apache-event";
    // Nor is it an error of a server that a connection waits for one of few workers.
    return wrk({ url, connections: WORKERS, seconds, pipelined: 1, mayClose, patienceSeconds: 30 }, directory);
  },
  contestants: [
    ...[...LOOPS, ...POOLS, ...PER_CONNECTION].map((name) => ours(name)),
    eventBefore(),
    ...PEER_NAMES.map((name) => peer(name)),
  ],
  floors: [
    { of: "prethread", against: "apache-worker", least: 1.5 },
    { of: "prethread", against: "python-threading", least: 10 },
    { of: "prefork", against: "apache-prefork", least: 1.2 },
    { of: "event", against: BEFORE, least: 1 },
  ],
};

const EACH_ITS_OWN: Row = {
  name: "connection per request 1KiB",
  load: ({ port }, { directory }, seconds) => ab(`http://127.0.0.1:${port}${PATH}`, WORKERS, { seconds }, directory),
  contestants: [
    ...[...LOOPS, ...POOLS, "iterative", ...PER_CONNECTION].map((name) => ours(name)),
    eventBefore(),
    ...PEER_NAMES.map((name) => peer(name)),
  ],
  floors: [
    { of: "event", against: BEFORE, least: 1.1 },
    { of: "event", against: "nginx", least: 1 },
  ],
};

/**
 * Every connection stays, so a structure that blocks needs as many workers; a hundred processes of
 * Node (`prefork`, `fork`) take longer to start than everything else together.
 */
const ECHO: Row = {
  name: "echo 64 B, 100 clients",
  load: ({ port }, { echo }, seconds) => echoLoad(echo, port, { connections: ECHO_CONNECTIONS, bytes: 64, seconds }),
  contestants: [
    ...[...LOOPS, "prethread", "thread"].map((name) => ours(name, ["--protocol", "echo"], ECHO_CONNECTIONS)),
    { name: "C on epoll", starts: () => true, start: ({ echo }, port) => startEchoInC(echo, port) },
    ...PEERS_OF_ECHO.map((name) => peer(name, "echo", ECHO_CONNECTIONS)),
  ],
  floors: [{ of: "event", against: "C on epoll", least: 0.7 }],
};

export const ROWS: readonly Row[] = [KEPT, EACH_ITS_OWN, ECHO];

/** Pools whose workers are held by idle connections. */
export function memoryRows() {
  const held = ["apache-prefork", "apache-worker", "python-threading", "python-forking"];
  return [
    ...POOLS.map((name) => ({
      name,
      start: (bench: Bench, port: number, workers: number) => startStructure(bench, port, name, workers),
    })),
    ...held.map((name) => ({
      name,
      start: ({ site, directory }: Bench, port: number, workers: number) =>
        startPeer({ name, protocol: "http", workers, site, port, directory }),
    })),
  ];
}

function ours(name: string, words: readonly string[] = [], workers = WORKERS): Contestant {
  return { name, starts: () => true, start: (bench, port) => startStructure(bench, port, name, workers, words) };
}

/** An event loop has a worker for each core, which is one. */
function startStructure(
  { site }: Bench,
  port: number,
  name: string,
  workers: number,
  words: readonly string[] = [],
): Promise<Server> {
  const pool = name.startsWith("event") ? "1" : String(workers);
  return startOurs(site, port, ["--structure", name, "--workers", pool, ...words], name);
}

function eventBefore(): Contestant {
  return {
    name: BEFORE,
    starts: ({ before }) => before !== undefined,
    start: ({ site, before = "" }, port) => startOurs(site, port, ["--structure", "event"], BEFORE, before),
  };
}

function peer(name: string, protocol: "http" | "echo" = "http", workers = WORKERS): Contestant {
  return {
    name,
    starts: () => true,
    start: ({ site, directory }, port) => startPeer({ name, protocol, workers, site, port, directory }),
  };
}
