// One part of the tests beside an engine: `npm test PART` in a process of its own, and its totals.
// For an engine on which nothing may run: whether `topology plan` says so.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { EXIT } from "../../lib/errors.ts";
import { print } from "../../lib/program.ts";
import { ROOT } from "../part.ts";
import type { RunningEngine } from "./engine.ts";
import { readTotals, type Totals } from "./table.ts";

/**
 * Its output is printed as it comes. A part that ends without totals has failed. Rejects when
 * `signal` aborts; the part's processes end with the engine.
 */
export async function runPart(
  part: string,
  { beside, environment }: Pick<RunningEngine, "beside" | "environment">,
  signal: AbortSignal,
): Promise<Totals & { seconds: number }> {
  const started = performance.now();
  const [program = "", ...words] = [...beside, process.execPath, join(ROOT, "tasks/test.ts"), part];
  const child = spawn(program, words, { cwd: ROOT, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const [lastWords] = await Promise.all([printed(child.stdout), once(child, "close", { signal })]);
  return { ...readTotals(lastWords), seconds: Math.round((performance.now() - started) / 1000) };
}

/** Any scenario with a link. */
const PLAN = ["plan", "wan-20ms"];

/** Whether `topology plan` refuses a scenario beside the engine with that code. */
export async function isRefused(
  code: string,
  { beside, environment }: Pick<RunningEngine, "beside" | "environment">,
  signal: AbortSignal,
): Promise<boolean> {
  const [program = "", ...words] = [...beside, process.execPath, join(ROOT, "topology/main.ts"), ...PLAN];
  const child = spawn(program, words, { cwd: ROOT, env: environment, stdio: ["ignore", "inherit", "pipe"] });
  const [said] = await Promise.all([printed(child.stderr), once(child, "close", { signal })]);
  return child.exitCode === EXIT.unavailable && said.includes(`${code}: `);
}

/** The end of an output, once all of it is printed. */
async function printed(output: Readable): Promise<string> {
  let lastWords = "";
  for await (const chunk of output.setEncoding("utf8")) {
    lastWords = (lastWords + chunk).slice(-500);
    await print(chunk);
  }
  return lastWords;
}
