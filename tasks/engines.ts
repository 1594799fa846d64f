// `npm run engines`: the tests on real containers on other engines than this machine's, each made
// from Debian's archive and started in namespaces of its own, one after the other. Everything but
// the engines' roots is removed at the end, by the next run if this one was killed.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EXIT, RttlabError } from "../lib/errors.ts";
import { interruptible } from "../lib/interruptible.ts";
import { withMarkedText } from "../lib/marked-text.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeWhole } from "../study/results/whole.ts";
import { agreedVersion } from "../topology/apply/api-version.ts";
import { connectDocker, type Engine } from "../topology/apply/docker.ts";
import { takeTurn } from "../topology/apply/turn.ts";
import { testFiles } from "./check.ts";
import { carryImages } from "./engines/carry.ts";
import { startEngine } from "./engines/engine.ts";
import { ENGINES, type EngineKind } from "./engines/engines.ts";
import { engineRoot } from "./engines/root.ts";
import { isRefused, runPart } from "./engines/run-part.ts";
import {
  type EngineResult,
  engineSummary,
  engineTable,
  MARK,
  mergeResults,
  readResults,
  resultLines,
} from "./engines/table.ts";
import { type EngineWords, readEngineWords } from "./engines/words.ts";
import { ROOT } from "./part.ts";

/** Those that say most about an engine in the least time. */
const USUAL_PARTS = ["isolation", "lifecycle", "apply", "apply-failures", "killed", "link"];

const NOT_RUN = { passed: 0, failed: 0, skipped: 0, seconds: 0 };

const FOLDER = join(ROOT, ".rttlab", "engines");
const RESULTS = join(ROOT, "docs", "engines.ndjson");
const PAGES = [
  { page: join(ROOT, "docs", "engines.md"), textOf: engineTable },
  { page: join(ROOT, "README.md"), textOf: engineSummary },
];

await runProgram(() => main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  const parts = (await testFiles("tests/docker/*.test.ts")).map((file) => basename(file, ".test.ts"));
  const names = ENGINES.map(({ name }) => name);
  const words = readEngineWords(argv, { engines: names, parts, usualParts: USUAL_PARTS });
  if (words.isHelp) {
    await print(usage(parts));
    return EXIT.done;
  }
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new RttlabError("E_ENGINE", "starting engines: only root on Linux makes their namespaces");
  }
  const source = await connectDocker();
  const turn = await takeTurn({ id: FOLDER }, "engines", () => report("waiting for another run of engines"));
  try {
    const results = await interruptible((signal) => runAll(words, source, signal), "SIGHUP");
    await print(`\n${engineTable(results, ENGINES)}\n`);
    return results.every(({ failed }) => failed === 0) ? EXIT.done : EXIT.failed;
  } finally {
    turn.pass();
  }
}

async function runAll(
  { engines, parts, isRecorded }: EngineWords,
  source: Engine,
  signal: AbortSignal,
): Promise<EngineResult[]> {
  const results: EngineResult[] = [];
  try {
    for (const kind of ENGINES.filter(({ name }) => engines.includes(name))) {
      const own = await runEngine(kind, parts, source, signal);
      if (isRecorded) await record(own);
      results.push(...own);
    }
  } catch (cause) {
    if (signal.aborted) throw new RttlabError("E_INTERRUPTED", "running tests on engines: interrupted", { cause });
    throw cause;
  }
  return results;
}

async function runEngine(
  kind: EngineKind,
  parts: readonly string[],
  source: Engine,
  signal: AbortSignal,
): Promise<EngineResult[]> {
  const root = await engineRoot(kind, join(FOLDER, "roots"), { onLine: report, signal });
  await using running = await startEngine(kind, root, join(FOLDER, "running"), { onLine: report, signal });
  const { docker, version } = running.engine;
  const apiVersion = agreedVersion(await docker.version());
  report(`${kind.name}: ${kind.title}, ${version}, API ${apiVersion}`);
  const results: EngineResult[] = [];
  const { refusal } = kind;
  const isUnfit = refusal !== null && (await isRefused(refusal, running, signal));
  if (!isUnfit) {
    const carried = await carryImages(source, running.engine, signal);
    report(`${kind.name}: carried over ${carried.join(", ") || "no image; the tests build them"}`);
  }
  for (const part of parts) {
    signal.throwIfAborted();
    const outcome = isUnfit ? { ...NOT_RUN, refusal } : await runPart(part, running, signal);
    results.push({ engine: kind.name, part, version, apiVersion, date: today(), ...outcome });
  }
  signal.throwIfAborted();
  return results;
}

/** Into the file of results, and onto the pages that say what ran. */
async function record(results: readonly EngineResult[]): Promise<void> {
  const merged = mergeResults(readResults(await readFile(RESULTS, "utf8")), results);
  await writeWhole(RESULTS, resultLines(merged));
  for (const { page, textOf } of PAGES) {
    await writeWhole(page, withMarkedText(await readFile(page, "utf8"), MARK, textOf(merged, ENGINES)));
  }
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

function usage(parts: readonly string[]): string {
  const engines = ENGINES.map(({ name, title }) => `  ${name.padEnd(20)}${title}`);
  return `Usage: npm run engines [ENGINE…] [-- PART…] [record]

Tests on real containers, on engines of Debian that are made and removed again; needs root.
Engines, by default all of them:
${engines.join("\n")}
Parts, by default ${USUAL_PARTS.join(", ")}: ${parts.join(", ")}.
record: writes the results into docs/engines.md and README.md.

  npm run engines sid -- lifecycle
`;
}
