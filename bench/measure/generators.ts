// Our load generator, wrk, ab, h2load and autocannon, and the schedule of wrk2, pinned to a core of
// their own.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadResult } from "../../lib/contract/load/load.ts";
import { runPinned } from "./pinned.ts";
import { type Quantile, quantilesIn, quantilesOf, RATIOS } from "./quantiles.ts";
import type { Wrk2Result } from "./wrk2-schedule.ts";

const LOAD = join(import.meta.dirname, "..", "..", "services", "loadgen", "load.ts");
const AUTOCANNON = fileURLToPath(import.meta.resolve("autocannon"));
const WRK2_SCHEDULE = join(import.meta.dirname, "wrk2-schedule.ts");
export const GENERATOR_CORE = "1";

export interface Served {
  requests: number;
  perSecond: number;
  /** Processor time of the generator for each request, its start included. */
  cpuMicros: number;
  latencies: readonly Quantile[];
}

export interface KeptLoad {
  url: string;
  connections: number;
  seconds: number;
  /** Requests sent together; 1: none. */
  pipelined: number;
  /** Whether the server may close a connection between two requests, as HTTP/1.1 allows. */
  mayClose?: boolean;
  /** How long an answer may take; wrk's own: 2 s. */
  patienceSeconds?: number;
}

export type OurResult = LoadResult & {
  /** Processor time of the generator, its start included. */
  cpuSeconds: number;
};

/** Throws if any request failed. */
export async function ourLoad(words: readonly string[]): Promise<OurResult> {
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, ourCommand(words));
  const result: LoadResult = JSON.parse(stdout);
  if (result.failed > 0) throw new Error(`loading: ${JSON.stringify(result.failures)}`);
  return { ...result, cpuSeconds };
}

export function ourCommand(words: readonly string[]): string[] {
  return [process.execPath, LOAD, "--json", "rtt=1ms", ...words];
}

/** Keep-alive load. Throws if any answer was not 2xx, or a socket failed. */
export async function wrk(load: KeptLoad, directory: string): Promise<Served> {
  const script = join(directory, `wrk-${load.pipelined}.lua`);
  writeFileSync(script, wrkScript(load.pipelined));
  const patience = load.patienceSeconds === undefined ? [] : ["--timeout", `${load.patienceSeconds}s`];
  const words = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, ...patience, "-s", script, load.url];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, ["wrk", ...words]);
  const isWrong = load.mayClose === true ? /Non-2xx|connect [1-9]|timeout [1-9]/ : /Non-2xx|Socket errors/;
  if (isWrong.test(stdout)) throw new Error(`wrk ${load.url}: ${stdout}`);
  const requests = numberAfter(stdout, /(\d+) requests in/);
  return {
    requests,
    perSecond: numberAfter(stdout, /Requests\/sec:\s+([\d.]+)/),
    cpuMicros: (cpuSeconds * 1e6) / requests,
    latencies: RATIOS.map((ratio, index) => {
      return { ratio, micros: numberAfter(stdout, new RegExp(`^quantile ${index + 1} (\\d+)$`, "m")) };
    }),
  };
}

/** How many requests of one connection each, or how long; `keptSeconds`: over kept connections. */
export type AbAmount = { requests: number } | { seconds: number } | { keptSeconds: number };

export async function ab(url: string, connections: number, amount: AbAmount, directory: string): Promise<Served> {
  const file = join(directory, "ab.tsv");
  const words = ["-q", "-c", String(connections), ...abWords(amount), "-g", file, url];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, ["ab", ...words]);
  if (numberAfter(stdout, /Failed requests:\s+(\d+)/) > 0) throw new Error(`ab ${url}: ${stdout}`);
  const requests = numberAfter(stdout, /Complete requests:\s+(\d+)/);
  return {
    requests,
    // It says no rate where no request came to its end in time.
    perSecond: requests === 0 ? 0 : numberAfter(stdout, /Requests per second:\s+([\d.]+)/),
    cpuMicros: (cpuSeconds * 1e6) / requests,
    // starttime, seconds, ctime, dtime, ttime, wait: whole milliseconds.
    latencies: quantilesOf(columnOf(file, 4, 1000)),
  };
}

function abWords(amount: AbAmount): string[] {
  if ("requests" in amount) return ["-n", `${amount.requests}`];
  // A time alone would end at 50,000 requests.
  const forSeconds = (seconds: number) => ["-t", `${seconds}`, "-n", "10000000"];
  return "seconds" in amount ? forSeconds(amount.seconds) : ["-k", ...forSeconds(amount.keptSeconds)];
}

/** Keep-alive load in HTTP/1.1. `eachPerSecond`: at a rate of each connection. */
export async function h2load(load: KeptLoad, directory: string, eachPerSecond?: number): Promise<Served> {
  const file = join(directory, "h2load.tsv");
  writeFileSync(file, "");
  const { connections, seconds, pipelined, url } = load;
  const paced = eachPerSecond === undefined ? [] : [`--rps=${eachPerSecond}`];
  const words = ["--h1", "-t1", `-c${connections}`, `-D${seconds}`, `-m${pipelined}`, ...paced, `--log-file=${file}`];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, ["h2load", ...words, url]);
  if (!/ 0 failed, 0 errored, 0 timeout/.test(stdout)) throw new Error(`h2load ${url}: ${stdout}`);
  const requests = numberAfter(stdout, /(\d+) succeeded/);
  return {
    requests,
    perSecond: numberAfter(stdout, /, ([\d.]+) req\/s/),
    cpuMicros: (cpuSeconds * 1e6) / requests,
    latencies: quantilesOf(columnOf(file, 2, 1)),
  };
}

/** Keep-alive load by the generator on Node that is used most. It has few quantiles. */
export async function autocannon({ url, connections, seconds }: KeptLoad): Promise<Served> {
  const words = ["-c", String(connections), "-d", String(seconds), "--json", "--no-progress", url];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, [process.execPath, AUTOCANNON, ...words]);
  const result: {
    "2xx": number;
    non2xx: number;
    errors: number;
    duration: number;
    latency: { p50: number; p99: number };
  } = JSON.parse(stdout);
  if (result.non2xx + result.errors > 0) throw new Error(`autocannon ${url}: ${stdout}`);
  const requests = result["2xx"];
  const { p50, p99 } = result.latency;
  const latencies = [
    { ratio: 0.5, micros: p50 * 1000 },
    { ratio: 0.99, micros: p99 * 1000 },
  ];
  return { requests, perSecond: requests / result.duration, cpuMicros: (cpuSeconds * 1e6) / requests, latencies };
}

/** Keep-alive load at a rate of all connections together. */
export async function wrk2Schedule(load: KeptLoad, rate: number): Promise<Served> {
  const { port, pathname } = new URL(load.url);
  const words = [port, pathname, load.connections, rate, load.seconds].map(String);
  const command = [process.execPath, WRK2_SCHEDULE, ...words];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, command);
  const { requests, perSecond, total }: Wrk2Result = JSON.parse(stdout);
  const latencies = quantilesIn(total.histogram ?? "");
  return { requests, perSecond, cpuMicros: (cpuSeconds * 1e6) / requests, latencies };
}

/** Prints the quantiles, and sends several requests at a time. */
function wrkScript(pipelined: number): string {
  const batch = `local batch
init = function()
  local one = {}
  for i = 1, ${pipelined} do one[i] = wrk.format() end
  batch = table.concat(one)
end
request = function() return batch end
`;
  return `${pipelined === 1 ? "" : batch}local ratios = { ${RATIOS.join(", ")} }
done = function(summary, latency, requests)
  for i, ratio in ipairs(ratios) do print(string.format("quantile %d %.0f", i, latency:percentile(100 * ratio))) end
end
`;
}

/** Numbers of a file of tab-separated columns, times `factor`; lines without one are left out. */
function columnOf(file: string, column: number, factor: number): Float64Array {
  const lines = readFileSync(file, "latin1").trimEnd().split("\n");
  const numbers = lines.map((line) => Number.parseFloat(line.split("\t")[column] ?? "") * factor);
  return Float64Array.from(numbers.filter((number) => !Number.isNaN(number)));
}

function numberAfter(text: string, pattern: RegExp): number {
  const value = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(value)) throw new Error(`reading a generator's output: ${text}`);
  return value;
}
