// `npm run bench loadgen`: our load generator beside wrk, autocannon and ab in the same minutes,
// against one nginx: the generator on one core, nginx on the other. It prints ratios of medians
// over alternating rounds, the processor time of a request, and which core was saturated. Needs a
// machine of two cores with nothing else running and, as root on Debian, installs wrk, ab and nginx
// if they are missing. Words after `loadgen` choose rows: `npm run bench loadgen pipelined`.
// `before=DIRECTORY` adds another checkout's generator.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadResult } from "../lib/contract/load/load.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeSite } from "../services/server/sample-site/sample-site.ts";
import { saturationOf, watchCores } from "./measure/cores.ts";
import { type OtherGenerator, startGenerator } from "./measure/generator-before.ts";
import { ab, autocannon, GENERATOR_CORE, type Served, wrk } from "./measure/generators.ts";
import { installMissing } from "./measure/install.ts";
import { runPinned } from "./measure/pinned.ts";
import { type Ratio, ratioOfPairs } from "./measure/ratio.ts";
import { alternate, type Contender, median } from "./measure/rounds.ts";
import { SERVER_CORE, startNginx } from "./measure/servers.ts";

const LOAD = join(import.meta.dirname, "..", "services", "loadgen", "load.ts");
const BEFORE = "before=";
const ROUNDS = 5;
const SECONDS = 3;
const PORT = 8_321;
const PATH = "/files/1KiB";
const URL = `http://127.0.0.1:${PORT}${PATH}`;
const PACKAGES = { wrk: "wrk", ab: "apache2-utils", nginx: "nginx-light" };
const CORES = { generator: GENERATOR_CORE, server: SERVER_CORE };
/** Until the code that JavaScript's engine makes of ours is its best. */
const WARM_UP = "warmup=1s";

interface Row {
  name: string;
  /** The least wanted ratio to the other generator. */
  floor: number;
  other: string;
  loadOther: (directory: string) => Promise<Served>;
  words: readonly string[];
  /** Whether the generator of `before` knows the words. */
  isOld: boolean;
}

const ROWS: readonly Row[] = [
  {
    name: "keep-alive",
    floor: 0.8,
    other: "wrk",
    loadOther: (directory) => wrk(keptLoad(1), directory),
    words: ["users=32", `seconds=${SECONDS}`],
    isOld: true,
  },
  {
    name: "keep-alive",
    floor: 1.4,
    other: "autocannon",
    loadOther: () => autocannon(keptLoad(1)),
    words: ["users=32", `seconds=${SECONDS}`],
    isOld: false,
  },
  {
    name: "pipelined 16 deep",
    floor: 0.8,
    other: "wrk",
    loadOther: (directory) => wrk(keptLoad(16), directory),
    words: ["users=32", "pipeline=16", `seconds=${SECONDS}`],
    isOld: false,
  },
  {
    name: "connection per request",
    floor: 1,
    other: "ab",
    loadOther: () => ab(URL, 32, { requests: 40_000 }),
    words: ["users=32", "http=1.0", `seconds=${SECONDS}`],
    isOld: true,
  },
];

/** Ten thousand users whose pauses make this many requests a second of each. */
const REQUESTS_A_SECOND_EACH = [1, 10];
const MOST_LAG_MILLIS = 5;

await runProgram(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  const before = words.find((word) => word.startsWith(BEFORE))?.slice(BEFORE.length);
  const wanted = words.filter((word) => !word.startsWith(BEFORE));
  const isWanted = (name: string) => wanted.length === 0 || wanted.some((word) => name.includes(word));
  installMissing(PACKAGES);
  const directory = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  await chmod(directory, 0o755);
  const root = join(directory, "site");
  await writeSite(root, 1);
  try {
    await using stack = new AsyncDisposableStack();
    stack.use(await startNginx(root, PORT, directory, "sendfile on; tcp_nopush off;"));
    const old = before === undefined ? null : stack.use(await startGenerator(before, directory));
    for (const row of ROWS.filter(({ name }) => isWanted(name))) await print(`${await compare(row, directory, old)}\n`);
    if (isWanted("open")) await print(`${await openAtHalf()}\n`);
    if (isWanted("10,000 connections"))
      for (const each of REQUESTS_A_SECOND_EACH) await print(`${await manyConnections(each)}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
  return EXIT.done;
}

function keptLoad(pipelined: number) {
  return { url: URL, connections: 32, seconds: SECONDS, pipelined };
}

async function compare(row: Row, directory: string, old: OtherGenerator | null): Promise<string> {
  const other = contender(`${row.name}, ${row.other}`, () => row.loadOther(directory));
  const mine = contender(`${row.name}, ours`, () => ours(row.words));
  const target = `target=127.0.0.1:${PORT}`;
  const measureOld = old === null || !row.isOld ? null : () => old.load([target, `path=${PATH}`, ...row.words]);
  const before = measureOld === null ? [] : [{ name: `${row.name}, before`, measure: measureOld }];
  const contenders: Contender[] = [other, mine, ...before];
  for (const { measure } of contenders) await measure(0);
  const [theirs, own, earlier] = await alternate(contenders, ROUNDS);
  const ratio = ratioOfPairs(own?.values ?? [], theirs?.values ?? []);
  const rates = `${Math.round(own?.median ?? 0)}/s beside ${Math.round(theirs?.median ?? 0)}/s`;
  const lines = [
    `${row.name}: ${describe(ratio)} × ${row.other} (${rates}); floor ${row.floor} ×: ${verdict(ratio.ratio >= row.floor)}`,
    `  ours: ${mine.describe()}`,
    `  ${row.other}: ${other.describe()}`,
    ...(earlier === undefined
      ? []
      : [`  ${describe(ratioOfPairs(own?.values ?? [], earlier.values))} × the generator before`]),
  ];
  return lines.join("\n");
}

/** A generator that is measured in turn, and what else is known of its measurements. */
function contender(name: string, load: () => Promise<Served>) {
  const seen: { cpuMicros: number; busy: Record<string, number> }[] = [];
  return {
    name,
    async measure(): Promise<number> {
      const { result, busy } = await watchCores(CORES, load);
      seen.push({ cpuMicros: result.cpuMicros, busy });
      return result.perSecond;
    },
    describe(): string {
      const cpu = median(seen.map(({ cpuMicros }) => cpuMicros)).toFixed(1);
      return `${cpu} µs of processor time a request, start included; ${saturationOf(seen.map(({ busy }) => busy))}`;
    },
  };
}

function verdict(isReached: boolean): string {
  return isReached ? "reached" : "not reached";
}

function describe({ ratio, low, high }: Ratio): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** The lag of requests that arrive at half the rate of the closed loop. */
async function openAtHalf(): Promise<string> {
  const { perSecond } = await ours(["users=32", `seconds=${SECONDS}`]);
  const rate = Math.round(perSecond / 2);
  const lags: number[] = [];
  const all: Record<string, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { result, busy } = await watchCores(CORES, () =>
      load([`rate=${rate}`, "arrivals=poisson", `seconds=${SECONDS}`, WARM_UP]),
    );
    lags.push((result.latencies.lag.p99Micros ?? Number.NaN) / 1000);
    all.push(busy);
  }
  const lag = median(lags);
  const reached = verdict(lag <= 1);
  return `open at half of the maximum, ${rate}/s: p99 of the lag ${lag.toFixed(3)} ms; at most 1 ms: ${reached}; ${saturationOf(all)}`;
}

async function manyConnections(each: number): Promise<string> {
  const words = ["users=10000", `think=${1000 / each}ms`, "thinking=fixed", "warmup=4s", `seconds=${SECONDS}`];
  const { result, busy } = await watchCores(CORES, () => load(words));
  const { completedPerSecond, connections, latencies, generator } = result;
  const millis = (micros: number | null) => ((micros ?? Number.NaN) / 1000).toFixed(2);
  const holds = (latencies.lag.p99Micros ?? Number.POSITIVE_INFINITY) <= MOST_LAG_MILLIS * 1000;
  return [
    `10,000 connections, ${each} a second each: ${Math.round(completedPerSecond)}/s of ${each * 10_000}, p99 of the lag ${millis(latencies.lag.p99Micros)} ms; at most ${MOST_LAG_MILLIS} ms: ${verdict(holds)}`,
    `  p99 ${millis(latencies.total.p99Micros)} ms, ${connections} opened in the window, event loop ${(100 * generator.eventLoopUtilisation).toFixed(0)} % busy; ${saturationOf([busy])}`,
  ].join("\n");
}

async function ours(words: readonly string[]): Promise<Served> {
  const { completedPerSecond, seconds, cpuSeconds } = await load([...words, WARM_UP]);
  const requests = seconds.reduce((sum, second) => sum + second.completed, 0);
  return { requests, perSecond: completedPerSecond, cpuMicros: (cpuSeconds * 1e6) / requests };
}

async function load(words: readonly string[]): Promise<LoadResult & { cpuSeconds: number }> {
  const command = [process.execPath, LOAD, "--json", "rtt=1ms", `target=127.0.0.1:${PORT}`, `path=${PATH}`, ...words];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, command);
  const result: LoadResult = JSON.parse(stdout);
  if (result.failed > 0) throw new Error(`loading: ${JSON.stringify(result.failures)}`);
  return { ...result, cpuSeconds };
}
