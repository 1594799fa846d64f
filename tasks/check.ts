// `npm run check`: what shows a mistake within a minute: types, lint, dead code, the repository's
// rules, and the unit tests that start neither process nor thread. The others are a part of
// `npm test`, because such a start costs more than most files of tests.

import { glob } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { EXIT } from "../lib/errors.ts";
import { runProgram } from "../lib/program.ts";
import { inGroups, startsOthers } from "./groups.ts";
import { type PartResult, ROOT, runTests, runTool, summarize } from "./part.ts";

/** A file takes seconds, the longest half a minute. One that hangs must not hold up the rest. */
const TIMEOUT_MILLIS = 3 * 60_000;

/** Several times what a machine has of cores, so that none works on alone for long. */
const GROUPS = 12;

/** Of test files that run side by side. */
const CORES = availableParallelism();

/**
 * Runs every part, also after a failed one. The tools share the cores; the tests follow, because
 * some of them keep time.
 */
export async function check(): Promise<PartResult[]> {
  return [...(await checkSources()), await testQuiet()];
}

export function checkSources(): Promise<PartResult[]> {
  const knipCache = ["--cache", "--cache-location", ".rttlab/knip"];
  return Promise.all([
    runTool("types", "typescript/bin/tsc", "--project", ".", ...remembering("types")),
    runTool("types of the live page", "typescript/bin/tsc", "--project", "grafana/live", ...remembering("live")),
    runTool("lint and format", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--max-diagnostics=50"),
    runTool("dead code", "knip/bin/knip.js", "--no-progress", ...knipCache),
  ]);
}

/** The unit tests that start neither process nor thread. */
export async function testQuiet(concurrency = CORES): Promise<PartResult> {
  const { quiet } = await unitTests();
  const files = await inGroups([...(await testFiles("tests/*.test.ts")), ...quiet], GROUPS);
  return runTests("rules and unit tests", files, { ...OPTIONS, concurrency });
}

/** The unit tests that `check` leaves out. */
export async function testProcesses(concurrency = CORES): Promise<PartResult> {
  const { starting } = await unitTests();
  return runTests("unit tests that start processes or threads", starting, { ...OPTIONS, concurrency });
}

const OPTIONS = { timeoutMillis: TIMEOUT_MILLIS, verbose: false };

async function unitTests(): Promise<{ quiet: string[]; starting: string[] }> {
  const files = await testFiles("!(tests|node_modules)/**/*.test.ts");
  const starts = await Promise.all(files.map(startsOthers));
  return { quiet: files.filter((_, at) => !starts[at]), starting: files.filter((_, at) => starts[at]) };
}

/**
 * Options of the compiler: files that did not change since the last run are not checked again. Its
 * threads would each look at the packages' types: together they take twice the processor's time.
 */
function remembering(name: string): string[] {
  return ["--singleThreaded", "--incremental", "--tsBuildInfoFile", `.rttlab/${name}.tsbuildinfo`];
}

/** Absolute paths of the files that match a pattern, in order. */
export async function testFiles(pattern: string): Promise<string[]> {
  const files = await Array.fromAsync(glob(pattern, { cwd: ROOT, exclude: ["**/node_modules/**"] }));
  return files.sort().map((file) => `${ROOT}${file}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runProgram(async () => ((await summarize(await check())) ? EXIT.done : EXIT.failed));
}
