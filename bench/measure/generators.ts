// The load generators wrk and ab, pinned to a core of their own.

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
export const GENERATOR_CORE = "1";

export interface Served {
  requests: number;
  perSecond: number;
}

export interface WrkLoad {
  url: string;
  connections: number;
  seconds: number;
  /** Requests sent together; 1: none. */
  pipelined: number;
}

/** Keep-alive load. Throws if any answer was not 2xx, or a socket failed. */
export async function wrk(load: WrkLoad, directory: string): Promise<Served> {
  const script = load.pipelined === 1 ? [] : ["-s", pipelineScript(load.pipelined, directory)];
  const words = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, ...script, load.url];
  const { stdout } = await run("taskset", ["-c", GENERATOR_CORE, "wrk", ...words]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk ${load.url}: ${stdout}`);
  return {
    requests: numberAfter(stdout, /(\d+) requests in/),
    perSecond: numberAfter(stdout, /Requests\/sec:\s+([\d.]+)/),
  };
}

/** A connection per request, in HTTP/1.0. */
export async function ab(url: string, connections: number, requests: number): Promise<Served> {
  const words = ["-q", "-c", String(connections), "-n", String(requests), url];
  const { stdout } = await run("taskset", ["-c", GENERATOR_CORE, "ab", ...words]);
  if (numberAfter(stdout, /Failed requests:\s+(\d+)/) > 0) throw new Error(`ab ${url}: ${stdout}`);
  return { requests, perSecond: numberAfter(stdout, /Requests per second:\s+([\d.]+)/) };
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
