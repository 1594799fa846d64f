// `npm test [PART…]`: the checks, the unit tests that start processes, the long tests without
// containers, then those on real containers; or only the named parts. Long tests keep virtual time
// and share the cores. Container tests share one Docker engine and most keep real time, so they run
// one by one, but for a few.

import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { EXIT, RttlabError } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { check, testFiles, testProcesses } from "./check.ts";
import { fromRoot, type PartResult, runScript, runTests, summarize } from "./part.ts";

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
  ...["lost", "killed", "parallel", "rudp", "browsers", "htaccess", "isolation", "terminal"],
  ...["stage", "report"],
];

await runProgram(() => main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  const [slow, docker] = [await testFiles("tests/slow/*.test.ts"), await testFiles("tests/docker/*.test.ts")];
  const known = [CHECK, PROCESSES, ENGINES, ...[...slow, ...docker].map(partName)];
  if (words.some((word) => ["--help", "-h", "help"].includes(word))) {
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
  const parts: PartResult[] = isWanted(CHECK) ? await check() : [];
  if (isWanted(PROCESSES)) parts.push(await testProcesses());
  const options = { timeoutMillis: TIMEOUT_MILLIS, verbose: true };
  const long = wanted(slow);
  if (long.length > 0) {
    parts.push(
      await runTests("long tests without containers", long, { ...options, concurrency: availableParallelism() }),
    );
  }
  const beside = BESIDE.flatMap((part) => wanted(docker).filter((file) => partName(file) === part));
  const apart = wanted(docker).filter((file) => !beside.includes(file));
  if (beside.length > 0) {
    parts.push(await runTests("tests/docker, two files at a time", beside, { ...options, concurrency: 2 }));
  }
  for (const file of apart) {
    parts.push(await runTests(fromRoot(file), [file], { ...options, concurrency: 1 }));
  }
  if (words.includes(ENGINES)) parts.push(await runScript("the newest engine", "tasks/engines.ts", ...ON_NEWEST));
  return (await summarize(parts)) ? EXIT.done : EXIT.failed;
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
