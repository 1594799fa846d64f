// The load generators wrk, ab and autocannon, pinned to a core of their own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runPinned } from "./pinned.ts";

const AUTOCANNON = fileURLToPath(import.meta.resolve("autocannon"));
export const GENERATOR_CORE = "1";

export interface Served {
  requests: number;
  perSecond: number;
  /** Processor time of the generator for each request, its start included. */
  cpuMicros: number;
}

export interface WrkLoad {
  url: string;
  connections: number;
  seconds: number;
  /** Requests sent together; 1: none. */
  pipelined: number;
  /** Whether the server may close a connection between two requests, as HTTP/1.1 allows. */
  mayClose?: boolean;
}

/** Keep-alive load. Throws if any answer was not 2xx, or a socket failed. */
export async function wrk(load: WrkLoad, directory: string): Promise<Served> {
  const script = load.pipelined === 1 ? [] : ["-s", pipelineScript(load.pipelined, directory)];
  const words = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, ...script, load.url];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, ["wrk", ...words]);
  const isWrong = load.mayClose === true ? /Non-2xx|connect [1-9]|timeout [1-9]/ : /Non-2xx|Socket errors/;
  if (isWrong.test(stdout)) throw new Error(`wrk ${load.url}: ${stdout}`);
  const requests = numberAfter(stdout, /(\d+) requests in/);
  return {
    requests,
    perSecond: numberAfter(stdout, /Requests\/sec:\s+([\d.]+)/),
    cpuMicros: (cpuSeconds * 1e6) / requests,
  };
}

/** As many requests as asked for, or as a time allows. */
export type AbLength = { requests: number } | { seconds: number };

/** A connection per request, in HTTP/1.0. */
export async function ab(url: string, connections: number, length: AbLength): Promise<Served> {
  // A time limits by itself to 50,000 requests, unless more follow.
  const words = "requests" in length ? ["-n", length.requests] : ["-t", length.seconds, "-n", MOST_REQUESTS];
  return runAb(url, ["-q", "-c", connections, ...words, url].map(String));
}

const MOST_REQUESTS = 10_000_000;

async function runAb(url: string, words: readonly string[]): Promise<Served> {
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, ["ab", ...words]);
  if (numberAfter(stdout, /Failed requests:\s+(\d+)/) > 0) throw new Error(`ab ${url}: ${stdout}`);
  const requests = numberAfter(stdout, /Complete requests:\s+(\d+)/);
  return {
    requests,
    perSecond: numberAfter(stdout, /Requests per second:\s+([\d.]+)/),
    cpuMicros: (cpuSeconds * 1e6) / requests,
  };
}

/** Keep-alive load by the generator on Node that is used most. */
export async function autocannon({ url, connections, seconds }: WrkLoad): Promise<Served> {
  const words = ["-c", String(connections), "-d", String(seconds), "--json", "--no-progress", url];
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, [process.execPath, AUTOCANNON, ...words]);
  const result: { "2xx": number; non2xx: number; errors: number; duration: number } = JSON.parse(stdout);
  if (result.non2xx + result.errors > 0) throw new Error(`autocannon ${url}: ${stdout}`);
  const requests = result["2xx"];
  return { requests, perSecond: requests / result.duration, cpuMicros: (cpuSeconds * 1e6) / requests };
}

function pipelineScript(depth: number, directory: string): string {
  const path = join(directory, `pipeline-${depth}.lua`);
  writeFileSync(
    path,
    `local batch
init = function()
  local one = {}
  for i = 1, ${depth} do one[i] = wrk.format() end
  batch = table.concat(one)
end
request = function() return batch end
`,
  );
  return path;
}

function numberAfter(text: string, pattern: RegExp): number {
  const value = Number(pattern.exec(text)?.[1]);
  if (Number.isNaN(value)) throw new Error(`reading a generator's output: ${text}`);
  return value;
}
