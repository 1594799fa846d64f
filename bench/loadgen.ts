// `npm run bench loadgen`: our load generator beside wrk and ab in the same minutes, against one
// nginx: the generator on one core, nginx on the other. It prints ratios of medians over
// alternating rounds. Needs a machine of two cores with nothing else running and, as root on
// Debian, installs wrk, ab and nginx if they are missing. Words after `loadgen` choose rows: `npm
// run bench loadgen pipelined`. `before=DIRECTORY` adds another checkout's generator.

import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadResult } from "../lib/contract/load/load.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeSite } from "../services/server/sample-site/sample-site.ts";
import { type OtherGenerator, startGenerator } from "./measure/generator-before.ts";
import { ab, GENERATOR_CORE, wrk } from "./measure/generators.ts";
import { installMissing } from "./measure/install.ts";
import { type Ratio, ratioOfPairs } from "./measure/ratio.ts";
import { alternate, type Contender, median } from "./measure/rounds.ts";
import { startNginx } from "./measure/servers.ts";

const run = promisify(execFile);
const LOAD = join(import.meta.dirname, "..", "services", "loadgen", "load.ts");
const BEFORE = "before=";
const ROUNDS = 5;
const SECONDS = 3;
const PORT = 8_321;
const PATH = "/files/1KiB";
const URL = `http://127.0.0.1:${PORT}${PATH}`;
const PACKAGES = { wrk: "wrk", ab: "apache2-utils", nginx: "nginx-light" };

interface Row {
  name: string;
  /** The least wanted ratio to the other generator. */
  floor: number;
  other: string;
  /** Requests a second by the other generator. */
  measureOther: (directory: string) => Promise<number>;
  words: readonly string[];
  /** Whether the generator of `before` knows the words. */
  isOld: boolean;
}

const ROWS: readonly Row[] = [
  {
    name: "keep-alive",
    floor: 0.8,
    other: "wrk",
    measureOther: async (directory) => (await wrk(wrkLoad(1), directory)).perSecond,
    words: ["users=32", `seconds=${SECONDS}`],
    isOld: true,
  },
  {
    name: "pipelined 16 deep",
    floor: 0.8,
    other: "wrk",
    measureOther: async (directory) => (await wrk(wrkLoad(16), directory)).perSecond,
    words: ["users=32", "pipeline=16", `seconds=${SECONDS}`],
    isOld: false,
  },
  {
    name: "connection per request",
    floor: 1,
    other: "ab",
    measureOther: async () => (await ab(URL, 32, 40_000)).perSecond,
    words: ["users=32", "http=1.0", `seconds=${SECONDS}`],
    isOld: true,
  },
];

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
    if (isWanted("connections")) await print(`${await manyConnections()}\n`);
  } finally {
    await rm(directory, { recursive: true });
  }
  return EXIT.done;
}

function wrkLoad(pipelined: number) {
  return { url: URL, connections: 32, seconds: SECONDS, pipelined };
}

async function compare(row: Row, directory: string, old: OtherGenerator | null): Promise<string> {
  const target = `target=127.0.0.1:${PORT}`;
  const contenders: Contender[] = [
    { name: `${row.name}, ${row.other}`, measure: () => row.measureOther(directory) },
    { name: `${row.name}, ours`, measure: async () => (await ours(row.words)).completedPerSecond },
    ...(old === null || !row.isOld
      ? []
      : [{ name: `${row.name}, before`, measure: () => old.load([target, `path=${PATH}`, ...row.words]) }]),
  ];
  for (const { measure } of contenders) await measure(0);
  const [other, mine, earlier] = await alternate(contenders, ROUNDS);
  const ratio = ratioOfPairs(mine?.values ?? [], other?.values ?? []);
  const rates = `${Math.round(mine?.median ?? 0)}/s beside ${Math.round(other?.median ?? 0)}/s`;
  const verdict = ratio.ratio >= row.floor ? "reached" : "not reached";
  const lines = [
    `${row.name}: ${describe(ratio)} × ${row.other} (${rates}); floor ${row.floor} ×: ${verdict}`,
    ...(earlier === undefined
      ? []
      : [`  ${describe(ratioOfPairs(mine?.values ?? [], earlier.values))} × the generator before`]),
  ];
  return lines.join("\n");
}

function describe({ ratio, low, high }: Ratio): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** The lag of requests that arrive at half the rate of the closed loop. */
async function openAtHalf(): Promise<string> {
  const { completedPerSecond } = await ours(["users=32", `seconds=${SECONDS}`]);
  const rate = Math.round(completedPerSecond / 2);
  const lags: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { latencies } = await ours([`rate=${rate}`, "arrivals=poisson", `seconds=${SECONDS}`, "warmup=1s"]);
    lags.push((latencies.lag.p99Micros ?? Number.NaN) / 1000);
  }
  const lag = median(lags);
  const verdict = lag <= 1 ? "reached" : "not reached";
  return `open at half of the maximum, ${rate}/s: p99 of the lag ${lag.toFixed(3)} ms; at most 1 ms: ${verdict}`;
}

/** As many requests a second as a core can answer, spread over ten thousand connections. */
async function manyConnections(): Promise<string> {
  const words = ["users=10000", "think=1s", "thinking=fixed", "warmup=3s", `seconds=${SECONDS}`];
  const { completedPerSecond, connections, failed, latencies, generator } = await ours(words);
  const busy = `${(100 * generator.eventLoopUtilisation).toFixed(0)} %`;
  const p99 = ((latencies.total.p99Micros ?? 0) / 1000).toFixed(2);
  return `10,000 connections: ${Math.round(completedPerSecond)}/s, ${failed} failed, ${connections} opened in the window, p99 ${p99} ms, event loop busy ${busy}`;
}

async function ours(words: readonly string[]): Promise<LoadResult> {
  const command = [process.execPath, LOAD, "--json", "rtt=1ms", `target=127.0.0.1:${PORT}`, `path=${PATH}`, ...words];
  const { stdout } = await run("taskset", ["-c", GENERATOR_CORE, ...command], { maxBuffer: 64 * 1024 ** 2 });
  const result: LoadResult = JSON.parse(stdout);
  if (result.failed > 0) throw new Error(`loading: ${JSON.stringify(result.failures)}`);
  return result;
}
