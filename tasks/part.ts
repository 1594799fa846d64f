// A part of the checks: a program that must succeed, or a set of test files. All parts are timed,
// counted and reported alike.

import { spawn } from "node:child_process";
import { relative } from "node:path";
import { compose, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type EventData, run } from "node:test";
import { dot, spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { columns } from "../lib/columns.ts";
import { print } from "../lib/program.ts";
import { endUnending } from "./unending.ts";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Longer than the clean-up of a file takes, such as the removal of a testbed in a hook. */
const LEFT_OPEN_MILLIS = 60_000;

/**
 * Of each failure that is said again: the start of a test's, the end of a program's output. The
 * whole stands where it happened.
 */
const FAILURE_CHARACTERS = 2000;

/** The outcome of a part. A program counts as one test. */
export interface PartResult {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  /** A text for each failure, with its reason, to be said again at the end of a long output. */
  failures: string[];
  /** Of each test file, in the order in which they ended. */
  files: { path: string; seconds: number }[];
}

/** A file that took as long has a line of its own in the summary. */
const LONG_SECONDS = 20;

/** Runs a development tool from node_modules; shows its output only if it fails. */
export function runTool(name: string, script: string, ...args: string[]): Promise<PartResult> {
  return runScript(name, `node_modules/${script}`, ...args);
}

/** The same for a script of the repository, by its path from the root. */
export async function runScript(name: string, script: string, ...args: string[]): Promise<PartResult> {
  const started = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
  const [output, errors, succeeded] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (!succeeded) await print(`\n--- ${name} failed\n${output}${errors}`);
  return {
    name,
    seconds: secondsSince(started),
    passed: succeeded ? 1 : 0,
    failed: succeeded ? 0 : 1,
    skipped: 0,
    failures: succeeded ? [] : [`${output}${errors}`.slice(-FAILURE_CHARACTERS)],
    files: [],
  };
}

/**
 * How to run test files. `verbose` names every test as it ends; otherwise a dot each, and the
 * failures.
 */
export interface TestOptions {
  concurrency: number;
  /** Of each file, and of each test in it. */
  timeoutMillis: number;
  /** How long a file may stay alive after its last test. */
  leftOpenMillis?: number;
  verbose: boolean;
}

/**
 * Runs test files, each in a process of its own. No file at all is a failure, because a pattern
 * must be wrong.
 */
export async function runTests(name: string, files: string[], options: TestOptions): Promise<PartResult> {
  const started = performance.now();
  await print(`\n--- ${name}: ${files.length} ${files.length === 1 ? "file" : "files"}\n`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const taken: PartResult["files"] = [];
  if (files.length === 0) {
    return { name, seconds: 0, ...counts, failed: 1, failures: ["there is no such file"], files: [] };
  }
  const events = run({
    files,
    cwd: ROOT,
    concurrency: options.concurrency,
    timeout: options.timeoutMillis,
  });
  events.on("test:summary", ({ file, success, counts: seen, duration_ms }) => {
    if (file !== undefined) {
      taken.push({ path: fromRoot(file), seconds: duration_ms / 1000 });
      return; // the last one is the whole
    }
    counts.passed = seen.passed;
    counts.failed = Math.max(seen.tests - seen.passed - seen.skipped - seen.todo, success ? 0 : 1);
    counts.skipped = seen.skipped + seen.todo;
  });
  events.on("test:fail", (failed) => {
    // A suite fails with its tests, which say why.
    if (reasonOf(failed.details.error).failureType !== "subtestsFailed") failures.push(describeFailure(failed));
  });
  const bounds = { fileMillis: options.timeoutMillis, leftOpenMillis: options.leftOpenMillis ?? LEFT_OPEN_MILLIS };
  const release = endUnending(events, bounds, (line) => void print(`\n--- ${line}\n`).catch(() => {}));
  const report: Readable = options.verbose ? events.compose(new spec()) : Readable.from(compose(events, dot));
  try {
    for await (const chunk of report) await print(chunk);
  } finally {
    release();
  }
  return { name, seconds: secondsSince(started), ...counts, failures, files: taken };
}

type Failed = EventData.TestFail;

function describeFailure({ name, file, line, details }: Failed): string {
  const { cause } = reasonOf(details.error);
  const where = file === undefined ? "" : ` (${fromRoot(file)}:${line})`;
  return `${name}${where}\n${inspect(cause ?? details.error, { breakLength: 100 })}`;
}

/** The properties that node:test adds to a failure; its cause is the error of the test. */
function reasonOf(error: Error): { failureType?: string; cause?: unknown } {
  return error;
}

/**
 * Prints again what failed, a line per part, beneath it one per file that took long, and the
 * totals; true if nothing failed. Programs can read the last line.
 */
export async function summarize(parts: readonly PartResult[], longSeconds = LONG_SECONDS): Promise<boolean> {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, failures } of parts) {
    for (const failure of failures) await print(`\n--- failed in ${name}: ${failure.slice(0, FAILURE_CHARACTERS)}\n`);
  }
  await print("\n");
  for (const part of parts) {
    total.passed += part.passed;
    total.failed += part.failed;
    total.skipped += part.skipped;
  }
  const rows = parts.flatMap(({ name, seconds, failed, files }) => {
    const long = files.length > 1 ? files.filter((file) => file.seconds >= longSeconds) : [];
    return [
      [name, `${seconds.toFixed(1)} s`, failed > 0 ? `${failed} failed` : "ok"],
      ...long.map((file) => [`  ${file.path}`, `${file.seconds.toFixed(1)} s`, ""]),
    ];
  });
  await print(`${columns(rows, { left: 1 })}\n`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  await print(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed === 0;
}

/** The path from the repository's root, for a part's name. */
export function fromRoot(path: string): string {
  return relative(ROOT, path);
}

function secondsSince(startedMillis: number): number {
  return (performance.now() - startedMillis) / 1000;
}
