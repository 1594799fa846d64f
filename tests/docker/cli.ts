// Runs rttlab as a person would: the real program in a process of its own, through bin/rttlab or
// npm.

import type { ChildProcess, StdioOptions } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { UpDocument } from "../../topology/commands/up.ts";
import type { Status } from "../../topology/testbed/status.ts";
import { startBounded } from "./child.ts";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

export interface Finished {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs `bin/rttlab …words` to its end. */
export function rttlab(...words: string[]): Promise<Finished> {
  return finished(start(["bin/rttlab", ...words]));
}

/** Runs `bin/rttlab topology …words` and throws, with all output, unless it exits 0. */
export async function topology(...words: string[]): Promise<Finished> {
  const run = await rttlab("topology", ...words);
  if (run.exitCode !== 0) {
    throw new Error(`topology ${words.join(" ")} exited ${run.exitCode}\n${run.stdout}\n${run.stderr}`);
  }
  return run;
}

/** The documents that commands print. */
interface Documents {
  status: Status;
  up: UpDocument;
}

/** `topology COMMAND …words --json`, parsed. */
export async function topologyJson<Command extends keyof Documents>(
  command: Command,
  ...words: string[]
): Promise<Documents[Command]> {
  return JSON.parse((await topology(command, ...words, "--json")).stdout);
}

/**
 * Starts `bin/rttlab …` without waiting, for tests that kill it. It leads a process group of its
 * own.
 */
export function start(
  argv: string[],
  program = process.execPath,
  stdio: StdioOptions = ["ignore", "pipe", "pipe"],
): ChildProcess {
  return startBounded(program, argv, { cwd: REPOSITORY, stdio });
}

/** Runs a line of shell at the repository's root. */
export function shell(line: string): Promise<Finished> {
  return finished(start(["-c", line], "sh"));
}

/**
 * Runs a command line of the documents exactly as written, such as `npm run topology status`. Words
 * only: no quotes, no shell.
 */
export function asWritten(commandLine: string): Promise<Finished> {
  const [program, ...argv] = commandLine.split(" ") as [string, ...string[]];
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return finished(
    startBounded(program, argv, { cwd: REPOSITORY, env: environment, stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/** Resolves once a child's output, as far as it came, matches; rejects if it ends without. */
export function printed(output: Readable | null, pattern: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let seen = "";
  output?.on("data", (chunk) => {
    seen += chunk;
    if (pattern.test(seen)) resolve();
  });
  output?.once("end", () => reject(new Error(`it ended without printing ${pattern}: ${seen}`)));
  return promise;
}

/** Collects a child's output until it exits. */
export function finished(child: ChildProcess): Promise<Finished> {
  const { promise, resolve, reject } = Promise.withResolvers<Finished>();
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.once("error", reject);
  child.once("close", (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  return promise;
}
