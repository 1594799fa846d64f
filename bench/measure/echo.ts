// The minimal echo server in C and the load for echo servers (echo.c), compiled for a bench.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { GENERATOR_CORE, type Served } from "./generators.ts";
import { runPinned } from "./pinned.ts";
import { type Server, startServer } from "./servers.ts";

/** Compiles the program into the directory; returns its path. */
export function compileEcho(directory: string): string {
  const program = join(directory, "echo");
  execFileSync("cc", ["-O2", "-o", program, join(import.meta.dirname, "echo.c")]);
  return program;
}

export function startEchoInC(program: string, port: number): Promise<Server> {
  return startServer("C on epoll", port, [program, "serve", String(port)]);
}

export interface EchoLoad {
  connections: number;
  bytes: number;
  seconds: number;
}

/** Messages that came back, as requests; none is timed. */
export async function echoLoad(
  program: string,
  port: number,
  { connections, bytes, seconds }: EchoLoad,
): Promise<Served> {
  const words = ["load", port, connections, bytes, seconds].map(String);
  const { stdout, cpuSeconds } = await runPinned(GENERATOR_CORE, [program, ...words]);
  const [requests, elapsedSeconds] = stdout.split(" ").map(Number) as [number, number];
  return { requests, perSecond: requests / elapsedSeconds, cpuMicros: (cpuSeconds * 1e6) / requests, latencies: [] };
}
