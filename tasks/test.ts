// `npm test [PART…]`: the checks, and all other tests; or only the named parts. Container tests
// share one Docker engine and most keep real time, so they run one by one, but for those that are
// listed here.

import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { EXIT, RttlabError } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { checkSources, testFiles, testProcesses, testQuiet } from "./check.ts";
import { asksForHelp } from "./help.ts";
import { fromRoot, type PartResult, runScript, runTests, summarize, type TestOptions } from "./part.ts";

/** Longer than any of them takes on two cores, including the images it builds first. */
const TIMEOUT_MILLIS = 15 * 60_000;
const CHECK = "check";
const PROCESSES = "processes";
/** Only where it is named: it makes another engine and runs a part on it (tasks/engines.ts). */
const ENGINES = "engines";
const ON_NEWEST = ["sid", "isolation"];
/**
 * Container tests that run two at a time, the longest first, so that none is left alone at the end
 * for long. None bounds a time narrowly, looks at testbeds of others, or has a scenario of another.
 */
const BESIDE = [
  ...["lost", "killed", "lifecycle", "parallel", "rudp", "programs", "browsers", "htaccess", "isolation"],
  ...["terminal", "stage", "peers", "within", "report"],
];
/**
 * These mean "the testbed that is up", or all that are, so theirs must be the only ones. They wait
 * more than they compute: beside them run the tests that need no engine, which then have one
 * processor instead of all.
 */
const ONLY = ["spellings", "lab", "bad-input", "subnets"];
/** The others of tests/docker need one. */
const WITHOUT_ENGINE = ["fresh-clone"];

await runProgram(() => main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  const [slow, docker] = [await testFiles("tests/slow/*.test.ts"), await testFiles("tests/docker/*.test.ts")];
  const known = [CHECK, PROCESSES, ENGINES, ...[...slow, ...docker].map(partName)];
  if (asksForHelp(words)) {
    await print(usage(known));
    return EXIT.done;
  }
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    const reason = `there is no such part; known: ${known.join(", ")}`;
    throw new RttlabError("E_USAGE", `test ${unknown.join(" ")}: ${reason}`);
  }
  const isWanted = (name: string) => words.length === 0 || words.includes(name);
  const wanted = (files: readonly string[]) => files.filter((file) => isWanted(partName(file)));
  const named = (names: readonly string[]) =>
    names.flatMap((part) => wanted(docker).filter((file) => partName(file) === part));
  const parts: PartResult[] = isWanted(CHECK) ? await checkSources() : [];
  const concurrency = named(ONLY).length > 0 ? 1 : undefined;
  const withoutEngine = async () => [
    ...(isWanted(CHECK) ? [await testQuiet(concurrency)] : []),
    ...(isWanted(PROCESSES) ? [await testProcesses(concurrency)] : []),
    ...(await runAll("long tests without an engine", [...wanted(slow), ...named(WITHOUT_ENGINE)], {
      verbose: false,
      concurrency: concurrency ?? availableParallelism(),
    })),
  ];
  const [only, others] = await Promise.all([
    runAll("tests/docker, in the only testbed there is", named(ONLY)),
    withoutEngine(),
  ]);
  parts.push(...only, ...others);
  parts.push(...(await runAll("tests/docker, two files at a time", named(BESIDE), { concurrency: 2 })));
  const apart = wanted(docker).filter((file) => ![...BESIDE, ...ONLY, ...WITHOUT_ENGINE].includes(partName(file)));
  for (const file of apart) parts.push(...(await runAll(fromRoot(file), [file])));
  if (words.includes(ENGINES)) parts.push(await runScript("the newest engine", "tasks/engines.ts", ...ON_NEWEST));
  return (await summarize(parts)) ? EXIT.done : EXIT.failed;
}

/** No part without a file. */
async function runAll(name: string, files: string[], options: Partial<TestOptions> = {}): Promise<PartResult[]> {
  if (files.length === 0) return [];
  return [await runTests(name, files, { concurrency: 1, timeoutMillis: TIMEOUT_MILLIS, verbose: true, ...options })];
}

function partName(file: string): string {
  return basename(file, ".test.ts");
}

function usage(known: readonly string[]): string {
  return `Usage: npm test [PART…]

Everything, or the parts that are named: ${known.join(", ")}.
${CHECK}: npm run check. ${PROCESSES}: the unit tests that start processes or threads, which it leaves out.
${ENGINES}: npm run engines ${ON_NEWEST.join(" ")}, which needs root; only where it is named.
The others are a file of tests/slow or tests/docker each; only those of tests/docker need Docker.

  npm test lifecycle killed
`;
}
