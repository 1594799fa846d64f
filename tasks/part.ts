// A part of the checks: a program that must succeed, or a set of test files. Parts are timed, counted, and reported alike.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { compose, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "node:test";
import { dot, spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** How long after its time-out a silent test file is killed. */
const GRACE_MILLIS = 10_000;

/** What came of a part. A program counts as one. */
export interface PartResult {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs one of the development tools out of node_modules; its output is shown only when it fails. */
export async function runTool(name: string, script: string, ...args: string[]): Promise<PartResult> {
  const started = performance.now();
  const child = spawn(process.execPath, [`node_modules/${script}`, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
  const [output, errors, succeeded] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (!succeeded) process.stdout.write(`\n--- ${name} failed\n${output}${errors}`);
  return {
    name,
    seconds: secondsSince(started),
    passed: succeeded ? 1 : 0,
    failed: succeeded ? 0 : 1,
    skipped: 0,
  };
}

/** How test files are run. `verbose` names every test as it ends; otherwise a dot each, and the failures. */
export interface TestOptions {
  concurrency: number;
  timeoutMillis: number;
  verbose: boolean;
}

/** Runs test files, each in a process of its own. No file at all is a failure: it would be a mistake in a pattern. */
export async function runTests(name: string, files: string[], options: TestOptions): Promise<PartResult> {
  const started = performance.now();
  process.stdout.write(`\n--- ${name}: ${files.length} ${files.length === 1 ? "file" : "files"}\n`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (files.length === 0) return { name, seconds: 0, ...counts, failed: 1 };
  const events = run({
    files,
    cwd: ROOT,
    concurrency: options.concurrency,
    timeout: options.timeoutMillis,
  });
  events.on("test:summary", ({ file, success, counts: seen }) => {
    if (file !== undefined) return; // one file's; the last one is the whole
    counts.passed = seen.passed;
    counts.failed = Math.max(seen.tests - seen.passed - seen.skipped - seen.todo, success ? 0 : 1);
    counts.skipped = seen.skipped + seen.todo;
  });
  const watchdog = setTimeout(killChildren, options.timeoutMillis + GRACE_MILLIS);
  events.on("data", () => watchdog.refresh());
  const report: Readable = options.verbose ? events.compose(new spec()) : Readable.from(compose(events, dot));
  for await (const chunk of report) process.stdout.write(chunk);
  clearTimeout(watchdog);
  return { name, seconds: secondsSince(started), ...counts };
}

/** node:test ends a file that overruns with SIGTERM, which a busy loop never sees; so after a long silence this ends it. */
function killChildren(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  for (const pid of children.filter((text) => text !== "")) process.kill(Number(pid), "SIGKILL");
}

/** Prints a line per part and the totals; true when nothing failed. The last line is for programs that read the output. */
export function summarize(parts: readonly PartResult[]): boolean {
  const total = { passed: 0, failed: 0, skipped: 0 };
  process.stdout.write("\n");
  for (const part of parts) {
    total.passed += part.passed;
    total.failed += part.failed;
    total.skipped += part.skipped;
    const outcome = part.failed > 0 ? `${part.failed} failed` : "ok";
    process.stdout.write(`${part.name.padEnd(40)} ${part.seconds.toFixed(1).padStart(7)} s  ${outcome}\n`);
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed === 0;
}

/** The path from the repository's root, for a part's name. */
export function fromRoot(path: string): string {
  return relative(ROOT, path);
}

function secondsSince(startedMillis: number): number {
  return (performance.now() - startedMillis) / 1000;
}
