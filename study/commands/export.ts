// `study export FOLDER csv`: the runs as a table for R, pandas and gnuplot, on stdout.

import { runsAsCsv } from "../../analysis/csv.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { print } from "../../lib/program.ts";
import type { Output } from "../../topology/commands/output.ts";
import { readResults } from "../results/store.ts";

export async function exportRuns([folder = "", format = "csv"]: string[], output: Output): Promise<number> {
  if (format !== "csv") throw new RttlabError("E_USAGE", `exporting ${folder}: ${format} is no format, only csv`);
  const { manifest, runs } = await readResults(folder);
  if (output.json) await output.result(runs, () => "");
  else for (const line of runsAsCsv(manifest, runs)) await print(line);
  return EXIT.done;
}
