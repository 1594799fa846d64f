// `npm run bench server`: our `event` structure beside nginx (one worker, open_file_cache, with and
// without sendfile) in the same minutes, server on one core, generator on another. It prints ratios
// of medians over alternating rounds. Needs a machine of two cores with nothing else running and,
// as root on Debian, installs wrk, ab and nginx if they are missing. Words after `server` choose
// rows: `npm run bench server pipelined`. `before=DIRECTORY` adds another checkout's server in
// place of the servers that only bound what is possible.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeSite } from "../services/server/sample-site/sample-site.ts";
import { ab, type Served, wrk } from "./measure/generators.ts";
import { IDLE_CONNECTIONS, idleRow } from "./measure/idle-connections.ts";
import { installMissing } from "./measure/install.ts";
import { alternate, type Contender, median, type Outcome } from "./measure/rounds.ts";
import { type Cost, measured, processorCost } from "./measure/server-cost.ts";
import {
  nginxConfiguration,
  type Server,
  startBareEpoll,
  startBareNet,
  startNginx,
  startNodeHttp,
  startOurs,
} from "./measure/servers.ts";

type Load = (server: Server, path: string, directory: string) => Promise<Served>;

interface Row {
  name: string;
  path: string;
  /** The least wanted ratio to nginx with sendfile. */
  floor: number;
  /** Lines for nginx's http block, with and without sendfile: the best found for the row. */
  nginx: string;
  nginxWithoutSendfile: string;
  load: Load;
  /** Each read holds one request, so that a program that answers reads can take part. */
  isOneByOne: boolean;
}

const BEFORE = "before=";
const ROUNDS = 5;
const SECONDS = 3;
const PACKAGES = { wrk: "wrk", ab: "apache2-utils", nginx: "nginx-light" };

const keepAlive =
  (connections: number, pipelined = 1): Load =>
  ({ port }, path, directory) =>
    wrk({ url: `http://127.0.0.1:${port}${path}`, connections, seconds: SECONDS, pipelined }, directory);
const eachItsOwn: Load = ({ port }, path, directory) =>
  ab(`http://127.0.0.1:${port}${path}`, 32, { requests: 40_000 }, directory);

const WHOLE = { nginx: "sendfile on; tcp_nopush on;", nginxWithoutSendfile: "sendfile off;", isOneByOne: true };
const LARGE = { ...WHOLE, nginxWithoutSendfile: "sendfile off; output_buffers 2 256k;" };
const PIPELINED = { ...WHOLE, nginx: "sendfile on; tcp_nopush off;", isOneByOne: false };
const ROWS: readonly Row[] = [
  { name: "keep-alive 1KiB", path: "/files/1KiB", floor: 1.1, ...WHOLE, load: keepAlive(32) },
  { name: "keep-alive 10KiB", path: "/files/10KiB", floor: 1.1, ...WHOLE, load: keepAlive(32) },
  { name: "pipelined 16 deep 1KiB", path: "/files/1KiB", floor: 3, ...PIPELINED, load: keepAlive(32, 16) },
  { name: "connection per request 1KiB", path: "/files/1KiB", floor: 0.9, ...WHOLE, load: eachItsOwn },
  { name: "throughput 1MiB", path: "/files/1MiB", floor: 1, ...LARGE, load: keepAlive(8) },
  { name: "throughput 10MiB", path: "/files/10MiB", floor: 1, ...LARGE, load: keepAlive(8) },
];

await runProgram(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  const before = words.find((word) => word.startsWith(BEFORE))?.slice(BEFORE.length);
  const wanted = words.filter((word) => !word.startsWith(BEFORE));
  installMissing(PACKAGES);
  const directory = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  await chmod(directory, 0o755);
  const root = join(directory, "site");
  await writeSite(root, 1);
  const isWanted = (name: string) => wanted.length === 0 || wanted.some((word) => name.includes(word));
  await print(`nginx: ${nginxConfiguration("ROOT", 0, "DIRECTORY", "SETTINGS OF THE ROW")}\n`);
  try {
    for (const row of ROWS.filter(({ name }) => isWanted(name))) {
      await print(`${await compare(row, root, directory, before)}\n`);
    }
    if (isWanted("idle")) await print(`${await idle(root, directory, before)}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
  return EXIT.done;
}

async function compare(row: Row, root: string, directory: string, before?: string): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const start of contestants(row, root, directory, before)) servers.push(stack.use(await start()));
  // warms caches and compiled code
  for (const server of servers) await row.load(server, row.path, directory);
  const costs = servers.map((): Cost[] => []);
  const contenders = servers.map((server, index): Contender => {
    const measure = async () => {
      const { perSecond, cost } = await measured(server, () => row.load(server, row.path, directory));
      costs[index]?.push(cost);
      return perSecond;
    };
    return { name: `${row.name}, ${server.name}`, measure };
  });
  const outcomes = await alternate(contenders, ROUNDS);
  const [baseline, other, ours, earlier] = outcomes as [Outcome, Outcome, Outcome, Outcome];
  const rows = outcomes.map(({ median: rate, min, max }, index) => [
    (servers[index] as Server).name,
    `${(rate / baseline.median).toFixed(2)} × nginx`,
    `${Math.round(rate)}/s (${Math.round(min)} to ${Math.round(max)})`,
    processorCost(costs[index] as Cost[]),
  ]);
  const ratio = ours.median / baseline.median;
  const verdict = `  floor ${row.floor} × nginx: ${ratio >= row.floor ? "reached" : "not reached"} (${ratio.toFixed(2)}); beside nginx without sendfile ${(ours.median / other.median).toFixed(2)} ×`;
  const settings = `  nginx: ${row.nginx} and ${row.nginxWithoutSendfile}`;
  const change = before === undefined ? [] : [`  ${changeSince(ours, earlier, costs[2] ?? [], costs[3] ?? [])}`];
  return [row.name, settings, columns(rows, { indent: "  " }), verdict, ...change].join("\n");
}

/** Medians of the rounds' own ratios, with their minimum and maximum. */
function changeSince(ours: Outcome, earlier: Outcome, cost: readonly Cost[], earlierCost: readonly Cost[]): string {
  const ratios = (mine: readonly number[], theirs: readonly number[]) =>
    mine.map((value, round) => value / (theirs[round] as number));
  const spread = (values: number[]) =>
    `${median(values).toFixed(3)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  const micros = (costs: readonly Cost[]) => costs.map(({ microsPerRequest }) => microsPerRequest);
  const rates = spread(ratios(ours.values, earlier.values));
  return `beside before: requests ${rates}, CPU a request ${spread(ratios(micros(cost), micros(earlierCost)))}`;
}

/** nginx first, as the reference; ours third. */
function contestants(row: Row, root: string, directory: string, before?: string): (() => Promise<Server>)[] {
  const { nginx, nginxWithoutSendfile, isOneByOne } = row;
  const file = join(root, row.path);
  const closes = row.load === eachItsOwn;
  const first = [
    () => startNginx(root, 8_301, directory, nginx),
    () => startNginx(root, 8_302, directory, nginxWithoutSendfile, "nginx, no sendfile"),
    () => startOurs(root, 8_303),
  ];
  if (before !== undefined) return [...first, () => startOurs(root, 8_304, [], "event before", before)];
  const always = [
    ...first,
    () => startOurs(root, 8_304, ["--sockets", "net"], "event on net"),
    () => startNodeHttp(file, 8_305),
  ];
  if (!isOneByOne) return always;
  return [...always, () => startBareEpoll(file, 8_306, closes), () => startBareNet(file, 8_307, closes)];
}

/** Memory of idle connections, and their effect on 32 busy ones. */
async function idle(root: string, directory: string, before?: string): Promise<string> {
  const file = join(root, "files/1KiB");
  const unhurried = ["--idle-max-ms", "600000", "--idle-min-ms", "600000"];
  const starters = [
    () => startNginx(root, 8_311, directory, WHOLE.nginx),
    () => startOurs(root, 8_312, unhurried),
    () => startOurs(root, 8_313, [...unhurried, "--sockets", "net"], "event on net"),
    () => startNodeHttp(file, 8_314),
    ...(before === undefined ? [] : [() => startOurs(root, 8_315, unhurried, "event before", before)]),
  ];
  const load = async (server: Server) => (await keepAlive(32)(server, "/files/1KiB", directory)).perSecond;
  const rows: string[][] = [];
  for (const starter of starters) {
    await using server = await starter();
    rows.push(await idleRow(server, load));
  }
  return `${IDLE_CONNECTIONS} idle persistent connections\n${columns(rows, { indent: "  " })}`;
}
