// `study export FOLDER csv`: the runs as a table for R, pandas and gnuplot, on stdout. With a
// second folder, files there: the runs, the traces, and the connections in captures.

import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runsAsCsv, traceAsCsv, traceHead, wireAsCsv, wireHead } from "../../analysis/csv.ts";
import type { Run } from "../../analysis/results.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { print } from "../../lib/program.ts";
import type { Output } from "../../topology/commands/output.ts";
import { type Results, readResults, refuseTaken } from "../results/store.ts";
import { readTraces } from "../results/traces.ts";

export async function exportRuns([folder = "", format = "csv", to]: string[], output: Output): Promise<number> {
  if (format !== "csv") throw new RttlabError("E_USAGE", `exporting ${folder}: ${format} is no format, only csv`);
  const results = await readResults(folder, { published: true });
  if (to !== undefined) await exportInto(to, results, output);
  else if (output.json) await output.result(results.runs, () => "");
  else for (const line of runsAsCsv(results.manifest, results.runs)) await print(line);
  return EXIT.done;
}

async function exportInto(to: string, { folder, manifest, runs }: Results, output: Output): Promise<void> {
  await refuseTaken(to);
  await mkdir(to, { recursive: true });
  const files = {
    "runs.csv": runsAsCsv(manifest, runs),
    "traces.csv": tracesOf(folder),
    "wire.csv": wireOf(runs),
  };
  for (const [name, lines] of Object.entries(files)) {
    await pipeline(Readable.from(lines), createWriteStream(join(to, name)));
  }
  await output.result({ folder, files: Object.keys(files).map((name) => join(to, name)) }, () =>
    Object.keys(files)
      .map((name) => join(to, name))
      .join("\n"),
  );
}

async function* tracesOf(folder: string): AsyncGenerator<string> {
  yield traceHead();
  for await (const { rows } of readTraces(folder)) yield* traceAsCsv(rows);
}

function* wireOf(runs: readonly Run[]): Generator<string> {
  yield wireHead();
  for (const run of runs) {
    for (const connection of run.wire ?? []) yield wireAsCsv(run, connection);
  }
}
