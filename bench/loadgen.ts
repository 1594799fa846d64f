// `npm run bench loadgen`: our load generator beside wrk, h2load, autocannon, ab and the schedule
// of wrk2 in the same minutes, against one nginx: the generator on one core, nginx on the other. It
// prints ratios of medians over alternating rounds, quantiles, the processor time of a request, and
// which core was saturated. Needs a machine of two cores with nothing else running and, as root on
// Debian, installs what is missing. Words choose rows: `npm run bench loadgen pipelined memory`.
// `rounds=1` is a short look; `before=DIRECTORY` adds another checkout's generator.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeSite } from "../services/server/sample-site/sample-site.ts";
import { saturationOf, watchCores } from "./measure/cores.ts";
import { type OtherGenerator, startGenerator } from "./measure/generator-before.ts";
import {
  ab,
  autocannon,
  GENERATOR_CORE,
  h2load,
  type OurResult,
  ourCommand,
  ourLoad,
  type Served,
  wrk,
  wrk2Schedule,
} from "./measure/generators.ts";
import { installMissing } from "./measure/install.ts";
import { compileOpen, lagInC } from "./measure/open.ts";
import { measurePauses } from "./measure/pauses.ts";
import { peakBytes } from "./measure/peak-memory.ts";
import { microsAt, type Quantile, quantilesIn } from "./measure/quantiles.ts";
import { type Ratio, ratioOfPairs } from "./measure/ratio.ts";
import { alternate, type Contender, median } from "./measure/rounds.ts";
import { SERVER_CORE, startNginx } from "./measure/servers.ts";

const BEFORE = "before=";
const ROUNDS = "rounds=";
const DEFAULT_ROUNDS = 5;
const SECONDS = 3;
const PORT = 8_321;
const PATH = "/files/1KiB";
const TARGET = [`target=127.0.0.1:${PORT}`, `path=${PATH}`];
const URL = `http://127.0.0.1:${PORT}${PATH}`;
const USERS = 32;
const PACKAGES = { wrk: "wrk", ab: "apache2-utils", h2load: "nghttp2-client", nginx: "nginx-light" };
const CORES = { generator: GENERATOR_CORE, server: SERVER_CORE };
/** Until V8 has made its best code of ours, which it does on the same core. */
const WARM_UP_SECONDS = 3;
const WARM_UP = `warmup=${WARM_UP_SECONDS}s`;

interface Wanted {
  floor: number;
  aim: number;
}

interface Row {
  name: string;
  /** The ratios to the other generator that are wanted; null: it is there to be compared. */
  wanted: Wanted | null;
  other: string;
  loadOther: (directory: string) => Promise<Served>;
  words: readonly string[];
  /** Whether the generator of `before` knows the words. */
  isOld: boolean;
}

const ROWS: readonly Row[] = [
  {
    name: "keep-alive",
    wanted: { floor: 0.8, aim: 1 },
    other: "wrk",
    loadOther: (directory) => wrk(keptLoad(1), directory),
    words: ["users=32", `seconds=${SECONDS}`],
    isOld: true,
  },
  {
    name: "keep-alive",
    wanted: { floor: 1.4, aim: 1.7 },
    other: "autocannon",
    loadOther: () => autocannon(keptLoad(1)),
    words: ["users=32", `seconds=${SECONDS}`],
    isOld: false,
  },
  {
    name: "keep-alive",
    wanted: null,
    other: "h2load",
    loadOther: (directory) => h2load(keptLoad(1), directory),
    words: ["users=32", `seconds=${SECONDS}`],
    isOld: false,
  },
  {
    name: "pipelined 16 deep",
    wanted: { floor: 0.8, aim: 1.2 },
    other: "wrk",
    loadOther: (directory) => wrk(keptLoad(16), directory),
    words: ["users=32", "pipeline=16", `seconds=${SECONDS}`],
    isOld: false,
  },
  {
    name: "connection per request",
    wanted: { floor: 1, aim: 1.2 },
    other: "ab",
    loadOther: (directory) => ab(URL, USERS, { requests: 40_000 }, directory),
    words: ["users=32", "http=1.0", `seconds=${SECONDS}`],
    isOld: true,
  },
];

/** Ten thousand users whose pauses, on average, make this many requests a second of each. */
const REQUESTS_A_SECOND_EACH = [1, 10];
const MOST_LAG_MILLIS = 5;
/** Fewer are not the load that was wanted. */
const ALMOST_ALL = 0.95;
/** Requests of one run, and the memory in which it stays. */
const MANY_REQUESTS = 10_000_000;
const MOST_BYTES = 256 * 1024 ** 2;

await runProgram(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  const before = words.find((word) => word.startsWith(BEFORE))?.slice(BEFORE.length);
  const rounds = Number(words.find((word) => word.startsWith(ROUNDS))?.slice(ROUNDS.length) ?? DEFAULT_ROUNDS);
  const wanted = words.filter((word) => !word.startsWith(BEFORE) && !word.startsWith(ROUNDS));
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
    for (const row of ROWS.filter(({ name }) => isWanted(name)))
      await print(`${await compare(row, directory, old, rounds)}\n`);
    if (isWanted("open") || isWanted("10,000 connections")) await print(`${await machineAlone()}\n`);
    if (isWanted("open")) await print(`${await openAtHalf(rounds, compileOpen(directory))}\n`);
    if (isWanted("10,000 connections"))
      for (const each of REQUESTS_A_SECOND_EACH) await print(`${await manyConnections(each)}\n`);
    if (isWanted("memory")) await print(`${await manyRequests()}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
  return EXIT.done;
}

function keptLoad(pipelined: number) {
  return { url: URL, connections: USERS, seconds: SECONDS, pipelined };
}

async function compare(row: Row, directory: string, old: OtherGenerator | null, rounds: number): Promise<string> {
  const other = contender(`${row.name}, ${row.other}`, () => row.loadOther(directory));
  const mine = contender(`${row.name}, ours`, () => ours(row.words));
  const measureOld = old === null || !row.isOld ? null : () => old.load([...TARGET, ...row.words]);
  const before = measureOld === null ? [] : [{ name: `${row.name}, before`, measure: measureOld }];
  const contenders: Contender[] = [other, mine, ...before];
  for (const { measure } of contenders) await measure(0);
  const [theirs, own, earlier] = await alternate(contenders, rounds);
  const ratio = ratioOfPairs(own?.values ?? [], theirs?.values ?? []);
  const rates = `${Math.round(own?.median ?? 0)}/s beside ${Math.round(theirs?.median ?? 0)}/s`;
  const lines = [
    `${row.name}: ${describe(ratio)} × ${row.other} (${rates})${row.wanted === null ? "" : `; ${describeWanted(row.wanted, ratio.ratio)}`}`,
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
  const seen: { served: Served; busy: Record<string, number> }[] = [];
  return {
    name,
    async measure(): Promise<number> {
      const { result, busy } = await watchCores(CORES, load);
      seen.push({ served: result, busy });
      return result.perSecond;
    },
    describe(): string {
      const cpu = median(seen.map(({ served }) => served.cpuMicros)).toFixed(1);
      const latencies = describeLatencies(seen.map(({ served }) => served));
      return `${cpu} µs of processor time a request, start included; ${latencies}; ${saturationOf(seen.map(({ busy }) => busy))}`;
    },
  };
}

/** Medians of the rounds' quantiles. */
function describeLatencies(all: readonly { latencies: readonly Quantile[] }[]): string {
  const at = (ratio: number) => (median(all.map(({ latencies }) => microsAt(latencies, ratio))) / 1000).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

function describeWanted({ floor, aim }: Wanted, ratio: number): string {
  return `floor ${floor} ×: ${verdict(ratio >= floor)}, aim ${aim} ×: ${verdict(ratio >= aim)}`;
}

function verdict(isReached: boolean): string {
  return isReached ? "reached" : "not reached";
}

function describe({ ratio, low, high }: Ratio): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** The lateness that the machine itself makes while both cores are busy. */
async function machineAlone(): Promise<string> {
  const { share, longestMillis } = await measurePauses([GENERATOR_CORE, SERVER_CORE], SECONDS);
  return `the machine: with both cores busy it kept a loop from running for ${(100 * share).toFixed(1)} % of the time, at most ${longestMillis.toFixed(1)} ms at once`;
}

/**
 * The lag of requests that arrive at half the rate of the closed loop, beside that of a minimal
 * program in C, and what wrk2's schedule sees at that rate over as many connections.
 */
async function openAtHalf(rounds: number, minimal: string): Promise<string> {
  const { perSecond } = await ours([`users=${USERS}`, `seconds=${SECONDS}`]);
  const rate = Math.round(perSecond / 2);
  const sameInC = { port: PORT, path: PATH, connections: USERS, perSecond: rate };
  const lags: number[] = [];
  const lagsInC: number[] = [];
  const own: Served[] = [];
  const theirs: Served[] = [];
  const all: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const words = [...TARGET, `rate=${rate}`, `connections=${USERS}`, `seconds=${SECONDS}`, WARM_UP];
    const { result, busy } = await watchCores(CORES, () => ourLoad([...words, "arrivals=poisson"]));
    lags.push((result.latencies.lag.p99Micros ?? Number.NaN) / 1000);
    all.push(busy);
    lagsInC.push(await lagInC(minimal, { ...sameInC, warmupSeconds: WARM_UP_SECONDS, seconds: SECONDS }));
    own.push(servedOf(await ourLoad(words)));
    theirs.push(await wrk2Schedule(keptLoad(1), rate));
  }
  const lag = median(lags);
  return [
    `open at half of the maximum, ${rate}/s: p99 of the lag ${lag.toFixed(3)} ms; at most 1 ms: ${verdict(lag <= 1)}, aim 0.2 ms: ${verdict(lag <= 0.2)}; ${saturationOf(all)}`,
    `  a minimal program in C: p99 of the lag ${median(lagsInC).toFixed(3)} ms; ours ${describe(ratioOfPairs(lags, lagsInC))} × that`,
    `  equal gaps, ours: ${describeLatencies(own)}; the schedule of wrk2: ${describeLatencies(theirs)}`,
  ].join("\n");
}

/** The memory of a load of very many requests. */
async function manyRequests(): Promise<string> {
  const words = [`users=${USERS}`, "pipeline=16", `requests=${MANY_REQUESTS}`];
  const peak = await peakBytes(GENERATOR_CORE, ourCommand([...TARGET, ...words]));
  const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
  return `memory of ${MANY_REQUESTS / 1e6} million requests: ${mebibytes(peak)}; at most ${mebibytes(MOST_BYTES)}: ${verdict(peak <= MOST_BYTES)}`;
}

async function manyConnections(each: number): Promise<string> {
  // Pauses of one length would make all ask at once, as they began.
  const words = ["users=10000", `think=${1000 / each}ms`, "warmup=4s", `seconds=${SECONDS}`];
  const { result, busy } = await watchCores(CORES, () => ourLoad([...TARGET, ...words]));
  const { completedPerSecond, connections, latencies, generator } = result;
  const millis = (micros: number | null) => ((micros ?? Number.NaN) / 1000).toFixed(2);
  const isInTime = (latencies.lag.p99Micros ?? Number.POSITIVE_INFINITY) <= MOST_LAG_MILLIS * 1000;
  const holds = isInTime && completedPerSecond >= ALMOST_ALL * each * 10_000;
  return [
    `10,000 connections, ${each} a second each: ${Math.round(completedPerSecond)}/s of ${each * 10_000}, p99 of the lag ${millis(latencies.lag.p99Micros)} ms; all of them, at most ${MOST_LAG_MILLIS} ms: ${verdict(holds)}`,
    `  p99 ${millis(latencies.total.p99Micros)} ms, ${connections} opened in the window, event loop ${(100 * generator.eventLoopUtilisation).toFixed(0)} % busy; ${saturationOf([busy])}`,
  ].join("\n");
}

async function ours(words: readonly string[]): Promise<Served> {
  return servedOf(await ourLoad([...TARGET, ...words, WARM_UP]));
}

function servedOf({ completedPerSecond, seconds, cpuSeconds, latencies }: OurResult): Served {
  const requests = seconds.reduce((sum, second) => sum + second.completed, 0);
  const cpuMicros = (cpuSeconds * 1e6) / requests;
  return {
    requests,
    perSecond: completedPerSecond,
    cpuMicros,
    latencies: quantilesIn(latencies.total.histogram ?? ""),
  };
}
