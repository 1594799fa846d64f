// Commands that tests start. Each has a bound, at which it ends with everything that it started,
// and none outlives its test file.

import { type ChildProcess, execFile, type PromiseWithChild, type SpawnOptions, spawn } from "node:child_process";
import { promisify } from "node:util";

/** Longer than any of them takes on two busy cores, including images built on the way. */
const ENDS_WITHIN_MILLIS = 5 * 60_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) kill(child);
});
process.once("SIGTERM", () => process.exit(1)); // by which node:test ends a file that overruns

/**
 * Starts a command as leader of a process group. One that overruns is killed with its group and
 * emits an error about it.
 */
export function startBounded(
  program: string,
  argv: readonly string[],
  options: SpawnOptions = {},
  withinMillis = ENDS_WITHIN_MILLIS,
): ChildProcess {
  const child = spawn(program, argv, { ...options, detached: true });
  running.add(child);
  const bound = setTimeout(() => {
    kill(child);
    child.emit(
      "error",
      new Error(`${program} ${argv.join(" ")}: not at its end within ${withinMillis / 1000} s, so killed`),
    );
  }, withinMillis);
  bound.unref();
  child.once("exit", () => {
    clearTimeout(bound);
    running.delete(child);
  });
  return child;
}

/** Runs a command to its end. Rejects, with its output, if it fails or overruns. */
export function runBounded(
  program: string,
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv } = {},
  withinMillis = ENDS_WITHIN_MILLIS,
): PromiseWithChild<{ stdout: string; stderr: string }> {
  const bounds = { timeout: withinMillis, killSignal: "SIGKILL", maxBuffer: 64e6 } as const;
  return promisify(execFile)(program, argv, { ...options, ...bounds });
}

function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {} // it has just ended
}
