// `study report FOLDER`: writes the report of results again, also of those that a killed study
// left. With a place behind, it publishes it there (docs/reports/NAME), with results compressed.

import { columns } from "../../lib/columns.ts";
import { EXIT } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { writeReport } from "../execute.ts";
import { hasAllRuns } from "../next-run.ts";
import { publishReport } from "../results/publish.ts";
import { readResults } from "../results/store.ts";

export async function report([folder = "", to]: string[], output: Output): Promise<number> {
  const results = await readResults(folder);
  const state = hasAllRuns(results.manifest, results.runs) ? "whole" : "stopped";
  if (to !== undefined) {
    const files = await publishReport(results, to, state);
    await output.result({ folder, to, files }, () => columns(files.map(({ path, bytes }) => [path, `${bytes} bytes`])));
    return EXIT.done;
  }
  const path = await writeReport(folder, results.manifest, results.runs, state);
  await output.result({ folder, report: path, runs: results.runs.length }, () => `report: ${path}`);
  return EXIT.done;
}
