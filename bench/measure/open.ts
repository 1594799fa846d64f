// The minimal open load in C (open.c), compiled for a bench: how late a program of the least work
// is with requests that arrive at a rate.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { GENERATOR_CORE } from "./generators.ts";
import { runPinned } from "./pinned.ts";

export interface OpenLoad {
  port: number;
  path: string;
  connections: number;
  perSecond: number;
  warmupSeconds: number;
  seconds: number;
}

/** Compiles the program into the directory; returns its path. */
export function compileOpen(directory: string): string {
  const program = join(directory, "open");
  execFileSync("cc", ["-O2", "-o", program, join(import.meta.dirname, "open.c"), "-lm"]);
  return program;
}

/** The p99 of the lag, in milliseconds. */
export async function lagInC(program: string, load: OpenLoad): Promise<number> {
  const { port, path, connections, perSecond, warmupSeconds, seconds } = load;
  const words = [port, path, connections, perSecond, warmupSeconds, seconds].map(String);
  const { stdout } = await runPinned(GENERATOR_CORE, [program, ...words]);
  const [, p99Micros] = stdout.split(" ").map(Number) as [number, number];
  return p99Micros / 1000;
}
