// `study report FOLDER`: writes the report of results again, also of a running study.

import { EXIT } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { writeReport } from "../execute.ts";
import { readResults } from "../results/store.ts";

export async function report([folder = ""]: string[], output: Output): Promise<number> {
  const { manifest, runs } = await readResults(folder);
  const path = await writeReport(folder, manifest, runs, false);
  await output.result({ folder, report: path, runs: runs.length }, () => `report: ${path}`);
  return EXIT.done;
}
