// `npm run check`: everything that needs no Docker: types, lint, dead code, the repository's rules,
// and the unit tests.

import { glob } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { EXIT } from "../lib/errors.ts";
import { runProgram } from "../lib/program.ts";
import { inGroups } from "./groups.ts";
import { type PartResult, ROOT, runTests, runTool, summarize } from "./part.ts";

/**
 * The slowest test files take half a minute, and three times that on a busy machine. One that
 * hangs must not hold up the rest.
 */
const TIMEOUT_MILLIS = 3 * 60_000;

/** More than a machine has cores, so that none of them is long. */
const GROUPS = 6;

/**
 * Runs every part, also after a failed one. The tools share the cores; the tests follow, because
 * some of them keep time. The rules come first among them: the longest file is one of theirs.
 */
export async function check(): Promise<PartResult[]> {
  const tools = await Promise.all([
    runTool("types", "typescript/bin/tsc", "--project", ".", ...remembering("types")),
    runTool("types of the live page", "typescript/bin/tsc", "--project", "grafana/live", ...remembering("live")),
    runTool("lint and format", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--max-diagnostics=50"),
    runTool("dead code", "knip/bin/knip.js", "--no-progress"),
  ]);
  const options = { concurrency: availableParallelism(), timeoutMillis: TIMEOUT_MILLIS, verbose: false };
  const rules = await testFiles("tests/*.test.ts");
  const units = await testFiles("!(tests|node_modules)/**/*.test.ts");
  const files = await inGroups([...rules, ...units], GROUPS);
  return [...tools, await runTests("rules and unit tests", files, options)];
}

/** Options of the compiler: files that did not change since the last run are not checked again. */
function remembering(name: string): string[] {
  return ["--incremental", "--tsBuildInfoFile", `.rttlab/${name}.tsbuildinfo`];
}

/** Absolute paths of the files that match a pattern, in order. */
export async function testFiles(pattern: string): Promise<string[]> {
  const files = await Array.fromAsync(glob(pattern, { cwd: ROOT, exclude: ["**/node_modules/**"] }));
  return files.sort().map((file) => `${ROOT}${file}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runProgram(async () => ((await summarize(await check())) ? EXIT.done : EXIT.failed));
}
