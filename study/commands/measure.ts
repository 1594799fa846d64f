// The common part of `run`, `smoke` and `resume`: measures cells with a line for each run, and
// presents what came of it.

import { join } from "node:path";
import { numbered } from "../../analysis/format.ts";
import { groupAlike } from "../../analysis/report/alike.ts";
import type { Run } from "../../analysis/results.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { ROOT } from "../../topology/testbed/perform.ts";
import { bufferWarnings } from "../buffers.ts";
import type { ExecuteOptions, executeStudy } from "../execute.ts";
import type { StudyCell } from "../file/study.ts";
import type { LoadedStudy } from "../files.ts";
import { readResults } from "../results/store.ts";
import { runLines } from "./run-lines.ts";

export interface Outcome {
  /** `scenario`: what it ran on, which stays up for the next study. */
  document: { study: string; folder: string; report: string; runs: number; voids: number; scenario: string };
  text: string;
}

interface MeasureOptions extends Pick<ExecuteOptions, "folder" | "command" | "calibrate"> {
  work: typeof executeStudy;
}

/** Throws as `work`, with the advice to resume if the folder has results. */
export async function measure(
  loaded: LoadedStudy,
  cells: readonly StudyCell[],
  { work, ...options }: MeasureOptions,
  output: Output,
): Promise<Outcome> {
  const { folder } = options;
  const warnings = bufferWarnings(loaded.study, cells, loaded.topology);
  for (const warning of warnings) output.progress(`warning: ${warning}`, true);
  const lineOf = runLines(loaded.study, cells);
  const execution: ExecuteOptions = {
    ...options,
    progress: output.progress,
    onRun({ next, runs, run }) {
      if (run !== null) output.progress(lineOf(next.cell, runs, run), run.voidReason !== null);
    },
  };
  const runs = await work(loaded, cells, execution).catch((error) => refuseWithAdvice(error, folder));
  return outcomeOf(loaded, folder, runs);
}

export async function present({ document, text }: Outcome, output: Output): Promise<number> {
  await output.result(document, () => `${text}\n${leftUp([document.scenario])}`);
  return EXIT.done;
}

/** Says which testbeds are still up, and how to end them. */
export function leftUp(scenarios: readonly string[]): string {
  const [one = "", ...others] = new Set(scenarios);
  const name = others.length === 0 ? one : "NAME";
  return `still up: ${[one, ...others].join(", ")}; \`npm run topology down ${name}\` takes it down`;
}

/** A folder for new results, by name and time. */
export function resultsFolder(name: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  return join(ROOT, "results", `${name}-${time}`);
}

function outcomeOf({ study, topology }: LoadedStudy, folder: string, runs: readonly Run[]): Outcome {
  const voids = runs.filter(({ voidReason }) => voidReason !== null);
  const report = join(folder, "report.html");
  return {
    document: {
      study: study.name,
      folder,
      report,
      runs: runs.length,
      voids: voids.length,
      scenario: topology.name,
    },
    text: [
      `${numbered(runs.length, "run")}, ${voids.length} of them void`,
      ...commonest(voids.map(({ voidReason }) => voidReason ?? "")),
      `report: ${report}`,
    ].join("\n"),
  };
}

/** Why runs are void, the commonest reason first. */
function commonest(reasons: readonly string[]): string[] {
  const counts = groupAlike(reasons, (reason) => reason).sort((one, other) => other.items.length - one.items.length);
  return counts.map(({ text, items }) => `  ${items.length} x ${text}`);
}

async function refuseWithAdvice(error: RttlabError, folder: string): Promise<never> {
  const { code = "E_STUDY", message, cause, problems = [] } = error;
  const hasBegun = await readResults(folder).then(Boolean, () => false);
  const advice = hasBegun ? `; \`npm run study resume ${folder}\` goes on` : "";
  throw new RttlabError(code, `${message}${advice}`, { cause, problems });
}
