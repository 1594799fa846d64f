// `npm run bench server`: our `event` structure beside nginx (one worker, sendfile, open_file_cache) in the same minutes, server on one
// core, generator on another. Ratios of medians over alternating rounds. Needs a machine of two cores with nothing else running, and
// as root on Debian it installs wrk, ab and nginx where they are missing. Words after `server` choose rows: `npm run bench server pipelined`.

import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSite } from "../services/server/site/site.ts";
import { ab, wrk } from "./measure/generators.ts";
import { installMissing } from "./measure/install.ts";
import { alternate, type Contender, type Outcome } from "./measure/rounds.ts";
import {
  nginxConfiguration,
  type Server,
  startBareNet,
  startNginx,
  startNodeHttp,
  startOurs,
} from "./measure/servers.ts";

interface Row {
  name: string;
  path: string;
  /** The least ratio to nginx that we want. */
  floor: number;
  /** Lines for nginx's http block. */
  nginx: string;
  load(server: Server, path: string, directory: string): Promise<number>;
}

const ROUNDS = 5;
const SECONDS = 4;
const IDLE_CONNECTIONS = 5_000;
const PACKAGES = { wrk: "wrk", ab: "apache2-utils", nginx: "nginx-light" };

const keepAlive =
  (connections: number, pipelined = 1): Row["load"] =>
  ({ port }, path, directory) =>
    wrk({ url: `http://127.0.0.1:${port}${path}`, connections, seconds: SECONDS, pipelined }, directory);
const eachItsOwn: Row["load"] = ({ port }, path) => ab(`http://127.0.0.1:${port}${path}`, 32, 40_000);

const ROWS: readonly Row[] = [
  { name: "keep-alive 1KiB", path: "/files/1KiB", floor: 1.1, nginx: "tcp_nopush on;", load: keepAlive(32) },
  { name: "keep-alive 10KiB", path: "/files/10KiB", floor: 1.1, nginx: "tcp_nopush on;", load: keepAlive(32) },
  { name: "pipelined 16 deep 1KiB", path: "/files/1KiB", floor: 3, nginx: "tcp_nopush off;", load: keepAlive(32, 16) },
  { name: "connection per request 1KiB", path: "/files/1KiB", floor: 0.9, nginx: "tcp_nopush on;", load: eachItsOwn },
  { name: "throughput 1MiB", path: "/files/1MiB", floor: 1, nginx: "tcp_nopush on;", load: keepAlive(8) },
  { name: "throughput 10MiB", path: "/files/10MiB", floor: 1, nginx: "tcp_nopush on;", load: keepAlive(8) },
];

await main(process.argv.slice(2));

async function main(wanted: string[]): Promise<void> {
  installMissing(PACKAGES);
  const directory = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  await chmod(directory, 0o755);
  const root = join(directory, "site");
  await writeSite(root, 1);
  const isWanted = (name: string) => wanted.length === 0 || wanted.some((word) => name.includes(word));
  try {
    process.stdout.write(`nginx: ${nginxConfiguration("ROOT", 0, "DIRECTORY", "tcp_nopush by row")}\n`);
    for (const row of ROWS.filter(({ name }) => isWanted(name))) {
      process.stdout.write(`${await compare(row, root, directory)}\n`);
    }
    if (isWanted("idle")) process.stdout.write(`${await idle(root, directory)}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function compare(row: Row, root: string, directory: string): Promise<string> {
  const file = join(root, row.path);
  await using nginx = await startNginx(root, 8_301, directory, row.nginx);
  await using ours = await startOurs(root, 8_302);
  await using nodeHttp = await startNodeHttp(file, 8_303);
  await using bare = await startBareNet(file, 8_304, row.load === eachItsOwn);
  const pipelined = row.name.startsWith("pipelined");
  // The bare program answers reads, not requests, so it has no place where one read holds many.
  const servers = pipelined ? [nginx, ours, nodeHttp] : [nginx, ours, nodeHttp, bare];
  for (const server of servers) await row.load(server, row.path, directory); // warms caches and compiled code
  const contenders = servers.map((server): Contender => {
    return { name: `${row.name}, ${server.name}`, measure: () => row.load(server, row.path, directory) };
  });
  const outcomes = await alternate(contenders, ROUNDS);
  const [baseline] = outcomes as [Outcome];
  const lines = outcomes.map((outcome, index) => {
    const ratio = outcome.median / baseline.median;
    const verdict = index === 1 ? `  floor ${row.floor}: ${ratio >= row.floor ? "reached" : "not reached"}` : "";
    const spread = `${Math.round(outcome.min)} to ${Math.round(outcome.max)}`;
    return `  ${servers[index]?.name.padEnd(10)} ${ratio.toFixed(2)} × nginx  ${Math.round(outcome.median)}/s (${spread})${verdict}`;
  });
  return [row.name, ...lines].join("\n");
}

/** Memory of idle connections, and what they do to 32 busy ones. */
async function idle(root: string, directory: string): Promise<string> {
  const file = join(root, "files/1KiB");
  const starters = [
    () => startNginx(root, 8_311, directory, "tcp_nopush on;"),
    () => startOurs(root, 8_312, ["--idle-max-ms", "600000", "--idle-min-ms", "600000"]),
    () => startNodeHttp(file, 8_313),
  ];
  const lines: string[] = [`${IDLE_CONNECTIONS} idle persistent connections`];
  for (const starter of starters) {
    await using server = await starter();
    const load = () => keepAlive(32)(server, "/files/1KiB", directory);
    await load();
    const alone = await load();
    const before = server.residentBytes();
    const sockets = await connectIdle(server.port, IDLE_CONNECTIONS);
    const each = (server.residentBytes() - before) / IDLE_CONNECTIONS;
    const among = await load();
    for (const socket of sockets) socket.destroy();
    const share = ((100 * among) / alone).toFixed(0);
    lines.push(
      `  ${server.name.padEnd(10)} ${(each / 1024).toFixed(1)} KiB each; 32 busy ones keep ${share} % of ${Math.round(alone)}/s`,
    );
  }
  return lines.join("\n");
}

/** Connections that have asked once and now wait. */
async function connectIdle(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () =>
      connect({ port, host: "127.0.0.1" }),
    );
    await Promise.all(
      batch.map(async (socket) => {
        await once(socket, "connect");
        socket.write("GET /files/1KiB HTTP/1.1\r\nHost: bench\r\n\r\n");
        await once(socket, "data");
        socket.resume();
      }),
    );
    sockets.push(...batch);
  }
  return sockets;
}
