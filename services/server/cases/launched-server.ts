// The server as a process, for tests of what only a process has: options, signals, limits.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";

export const MAIN = join(import.meta.dirname, "../main.ts");

export interface LaunchedServer extends AsyncDisposable {
  process: ChildProcess;
  port: number;
  log(): string;
  /** The next line of its log with this event. */
  next(event: string): Promise<{ port: number }>;
}

/** A failed test leaves its server running. */
const launched = new Set<ChildProcess>();
after(() => {
  for (const child of launched) child.kill("SIGKILL");
});

/**
 * Starts the server for the files under `root` on a free port, optionally with a limit on its
 * descriptors, and waits until it is ready.
 */
export async function launchServer(
  root: string,
  options: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  descriptors?: number,
): Promise<LaunchedServer> {
  const command = [process.execPath, MAIN, "--port", "0", "--root", root, ...options];
  const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
  const child = spawn("sh", ["-c", `${limit}exec "$@"`, "sh", ...command], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  launched.add(child.once("exit", () => launched.delete(child)));
  const lines: string[] = [];
  const input = createInterface({ input: child.stderr as NonNullable<typeof child.stderr> });
  input.on("line", (line) => lines.push(line));
  const next = (event: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ port: number }>();
    input.on("line", (line) => line.startsWith(`{"event":"${event}"`) && resolve(JSON.parse(line)));
    child.once("exit", () => reject(new Error(lines.join("\n"))));
    promise.catch(() => {});
    return promise;
  };
  const { port } = await next("ready");
  const kill = async () => {
    if (child.kill("SIGKILL")) await once(child, "close");
  };
  return { process: child, port, log: () => lines.join("\n"), next, [Symbol.asyncDispose]: kill };
}

/** Ends the server in an orderly way. */
export async function endServer({ process, log }: LaunchedServer): Promise<void> {
  process.kill("SIGTERM");
  assert.deepEqual(await once(process, "close"), [0, null], log());
}
