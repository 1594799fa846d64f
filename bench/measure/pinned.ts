// A program on one core, and the processor time that it took.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Ran {
  stdout: string;
  /** User and system, of all its threads, its start included. */
  cpuSeconds: number;
}

export async function runPinned(core: string, command: readonly string[]): Promise<Ran> {
  const timed = ["-c", 'TIMEFORMAT="%U %S"; time "$@"', "bash", "taskset", "-c", core, ...command];
  const { stdout, stderr } = await run("bash", timed, {
    maxBuffer: 64 * 1024 ** 2,
    env: { ...process.env, LC_ALL: "C" },
  });
  const [user, system] = (stderr.trimEnd().split("\n").at(-1) ?? "").split(" ").map(Number) as [number, number];
  return { stdout, cpuSeconds: user + system };
}
