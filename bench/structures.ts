// `npm run bench structures`: every structure of our server beside the peers (docs/peers.md), the
// server on one core and the generator on the other, as ratios of medians to `event` over
// alternating rounds. Needs two cores with nothing else running and installs what is missing, as
// root on Debian. Words: `rounds=1` for a try, `seconds=1`, `warm=10`, `before=DIRECTORY` for
// another checkout's `event` beside ours, and parts of names of rows and of servers to measure only
// these.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeSite } from "../services/server/sample-site/sample-site.ts";
import { compileEcho } from "./measure/echo.ts";
import { installMissing } from "./measure/install.ts";
import { PEER_PACKAGES } from "./measure/peers.ts";
import { alternate, type Contender, type Outcome } from "./measure/rounds.ts";
import { type Cost, measured, memoryCost, processorCost } from "./measure/server-cost.ts";
import { type Bench, type Contestant, memoryRows, ROWS, type Row } from "./measure/structure-rows.ts";
import { workerBytes } from "./measure/worker-memory.ts";

const PACKAGES = { wrk: "wrk", ab: "apache2-utils", cc: "gcc", ...PEER_PACKAGES };
const ROUNDS = 5;
const SECONDS = 3;
const FIRST_PORT = 8_400;
/** For caches, and for code that each worker of a pool compiles by itself, on the one core. */
const WARM_SECONDS = 3;
/** The two sizes of a pool whose difference is the memory of workers. */
const FEW = 4;
const MANY = 20;

await runProgram(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  const given = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const wanted = words.filter((word) => !word.includes("="));
  installMissing(PACKAGES);
  const directory = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  await chmod(directory, 0o755);
  const site = join(directory, "site");
  await writeSite(site, 1);
  const before = given("before");
  const bench: Bench = {
    site,
    directory,
    seconds: Number(given("seconds") ?? SECONDS),
    warmSeconds: Number(given("warm") ?? WARM_SECONDS),
    echo: compileEcho(directory),
    ...(before !== undefined && { before }),
  };
  const rounds = Number(given("rounds") ?? ROUNDS);
  try {
    for (const row of ROWS.map((one) => chosen(one, wanted)).filter(({ contestants }) => contestants.length > 0)) {
      await print(`${await compare(row, bench, rounds)}\n`);
    }
    if (isWanted("memory", wanted)) await print(`${await memory(bench, rounds)}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
  return EXIT.done;
}

/** Names of rows choose rows, others choose among their servers; the first is the measure. */
function chosen(row: Row, wanted: readonly string[]): Row {
  const ofRow = wanted.filter((word) => row.name.includes(word));
  const ofServers = wanted.filter((word) => !ROWS.some(({ name }) => name.includes(word)) && word !== "memory");
  if (wanted.length > ofServers.length && ofRow.length === 0) return { ...row, contestants: [] };
  const isIn = ({ name }: Contestant, at: number) => at === 0 || isWanted(name, ofServers);
  return { ...row, contestants: row.contestants.filter(isIn) };
}

function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((word) => name.includes(word));
}

async function compare(row: Row, bench: Bench, rounds: number): Promise<string> {
  const costs = new Map<string, Cost[]>();
  // Each has the core to itself: a pool that waits takes some of it too.
  const taking = row.contestants.filter(({ starts }) => starts(bench));
  const names = taking.map(({ name }) => name);
  const contenders = taking.map(
    ({ name, start }, at): Contender => ({
      name: `${row.name}, ${name}`,
      async measure() {
        await using server = await start(bench, FIRST_PORT + at);
        await row.load(server, bench, bench.warmSeconds);
        const { perSecond, cost } = await measured(server, () => row.load(server, bench, bench.seconds));
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        return perSecond;
      },
    }),
  );
  const outcomes = await alternate(contenders, rounds);
  const [first] = outcomes as [Outcome];
  const rateOf = (name: string) => outcomes[names.indexOf(name)]?.median;
  const rows = outcomes.map(({ median: rate, min, max }, at) => [
    names[at] as string,
    `${(rate / first.median).toFixed(2)} × ${names[0]}`,
    `${Math.round(rate)}/s (${Math.round(min)} to ${Math.round(max)})`,
    ...[memoryCost, processorCost].map((describe) => describe(costs.get(names[at] as string) ?? [])),
  ]);
  const floors = row.floors.flatMap(({ of, against, least }) => {
    const [above, below] = [rateOf(of), rateOf(against)];
    if (above === undefined || below === undefined) return [];
    const ratio = above / below;
    return [`  ${of} against ${against}: ${ratio.toFixed(2)} × (${ratio >= least ? "reaches" : "misses"} ${least} ×)`];
  });
  return [row.name, columns(rows, { indent: "  " }), ...floors].join("\n");
}

/** Each round starts every pool twice. */
async function memory(bench: Bench, rounds: number): Promise<string> {
  const contenders = memoryRows().map(({ name, start }, at): Contender => {
    const port = FIRST_PORT + 100 + at;
    return { name, measure: () => workerBytes((workers) => start(bench, port, workers), FEW, MANY) };
  });
  const rows = (await alternate(contenders, rounds)).map(({ name, median: bytes, min, max }) => [
    name,
    `${kibibytes(bytes)} KiB (${kibibytes(min)} to ${kibibytes(max)})`,
  ]);
  return `memory of a worker that an idle connection holds\n${columns(rows, { indent: "  " })}`;
}

function kibibytes(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
