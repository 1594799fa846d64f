// `study run NAME`, `study smoke NAME` or `all`, and `study resume FOLDER`: measure with progress
// and write the report.

import { join } from "node:path";
import { numbered } from "../../analysis/format.ts";
import { groupAlike } from "../../analysis/report/alike.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { ROOT } from "../../topology/testbed/perform.ts";
import { readScenarioWord } from "../../topology/testbed/scenario-word.ts";
import { describeSeconds, runSeconds } from "../duration.ts";
import { type ExecuteOptions, executeStudy, resumeStudy } from "../execute.ts";
import { expand } from "../expand.ts";
import { readStudy } from "../file/read.ts";
import type { StudyCell } from "../file/study.ts";
import { type LoadedStudy, loadStudy, studyNames } from "../files.ts";
import { runsLeft } from "../next-run.ts";
import { predictAll } from "../predict.ts";
import { readResults } from "../results/store.ts";
import type { RunProgress } from "../run.ts";
import { begunStudy, smokeOf } from "../smoke.ts";
import { halfWidthRatio } from "../stop.ts";

export async function run([word = "", folder]: string[], output: Output): Promise<number> {
  const loaded = await loadStudy(word);
  const outcome = await execute(loaded, expand(loaded.study), folder ?? resultsFolder(loaded.study.name), output, {
    command: `npm run study run ${word}`,
    calibrate: true,
    work: executeStudy,
  });
  return present(outcome, output);
}

export async function smoke([word = "", folder]: string[], output: Output): Promise<number> {
  if (word !== "all") return present(await smokeOne(word, folder, output), output);
  const outcomes: Outcome[] = [];
  for (const name of await studyNames()) {
    outcomes.push(await smokeOne(name, folder === undefined ? undefined : join(folder, name), output));
  }
  await output.result(
    outcomes.map(({ document }) => document),
    () => outcomes.map(({ document, text }) => `${document.study}: ${text}`).join("\n"),
  );
  return EXIT.done;
}

async function smokeOne(word: string, folder: string | undefined, output: Output): Promise<Outcome> {
  const loaded = await loadStudy(word);
  const small = smokeOf(loaded.study, expand(loaded.study));
  return execute(
    { ...loaded, study: small.study },
    small.cells,
    folder ?? resultsFolder(`${loaded.study.name}-smoke`),
    output,
    {
      command: `npm run study smoke ${word}`,
      calibrate: false,
      work: executeStudy,
    },
  );
}

export async function resume([folder = ""]: string[], output: Output): Promise<number> {
  const { manifest } = await readResults(folder);
  const { source } = manifest;
  if (source === undefined)
    throw new RttlabError("E_BAD_RESULTS", `resuming ${folder}: its manifest has no source, the study's text`);
  const { study: whole, topology } = await readStudy(manifest.name, source, readScenarioWord);
  const known = new Set(manifest.cells.map(({ id }) => id));
  const { study, cells: its } = begunStudy(whole, manifest);
  const cells = its.filter(({ id }) => known.has(id));
  if (cells.length !== known.size)
    throw new RttlabError("E_BAD_RESULTS", `resuming ${folder}: its cells are not those of its study`);
  const outcome = await execute({ study, topology, source }, cells, folder, output, {
    command: manifest.command,
    calibrate: false,
    work: resumeStudy,
  });
  return present(outcome, output);
}

type Work = typeof executeStudy;

interface Outcome {
  document: { study: string; folder: string; report: string; runs: number; voids: number };
  text: string;
}

async function present({ document, text }: Outcome, output: Output): Promise<number> {
  await output.result(document, () => text);
  return EXIT.done;
}

async function execute(
  loaded: LoadedStudy,
  cells: readonly StudyCell[],
  folder: string,
  output: Output,
  { command, calibrate, work }: Pick<ExecuteOptions, "command" | "calibrate"> & { work: Work },
): Promise<Outcome> {
  const onRun = progressLines(loaded, cells, output);
  try {
    const { progress } = output;
    const runs = await work(loaded, cells, { folder, command, calibrate, progress, onRun });
    const voids = runs.filter(({ voidReason }) => voidReason !== null);
    const report = join(folder, "report.html");
    return {
      document: { study: loaded.study.name, folder, report, runs: runs.length, voids: voids.length },
      text: [
        `${numbered(runs.length, "run")}, ${voids.length} of them void`,
        ...commonest(voids.map(({ voidReason }) => voidReason ?? "")),
        `report: ${report}`,
      ].join("\n"),
    };
  } catch (error) {
    const { code = "E_STUDY", message } = error as RttlabError;
    const hasBegun = await readResults(folder).then(Boolean, () => false);
    const advice = hasBegun ? `; \`npm run study resume ${folder}\` goes on` : "";
    throw new RttlabError(code, `${message}${advice}`, {
      cause: (error as Error).cause,
      problems: (error as RttlabError).problems ?? [],
    });
  }
}

/** A line for each run: the progress, the cell, the outcome, and the most time left. */
function progressLines(
  { study }: LoadedStudy,
  cells: readonly StudyCell[],
  output: Output,
): (progress: RunProgress) => void {
  const { predictions } = predictAll(study, cells);
  return ({ next, runs, run }) => {
    if (run === null) return;
    const left = runsLeft(study, cells, runs);
    const mean = cells.reduce((sum, cell) => sum + runSeconds(cell, predictions), 0) / cells.length;
    const { until } = study.repetitions;
    const width =
      until === null
        ? null
        : halfWidthRatio(
            runs.filter(({ cell }) => cell === run.cell),
            until.quantity,
          );
    const state =
      run.voidReason === null
        ? width === null
          ? ""
          : `, ± ${(width * 100).toFixed(1)} %`
        : `, void: ${run.voidReason}`;
    const ahead = `${left.atLeast} to ${left.atMost} left, at most ${describeSeconds(left.atMost * mean)}`;
    output.progress(`[${runs.length}] ${next.cell.id}${state}; ${ahead}`, run.voidReason !== null);
  };
}

/** Why runs are void, the commonest reason first. */
function commonest(reasons: readonly string[]): string[] {
  const counts = groupAlike(reasons, (reason) => reason).sort((one, other) => other.items.length - one.items.length);
  return counts.map(({ text, items }) => `  ${items.length} x ${text}`);
}

function resultsFolder(name: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  return join(ROOT, "results", `${name}-${time}`);
}
