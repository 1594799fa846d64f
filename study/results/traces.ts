// The traces of a results folder: `traces/RUN.ndjson` of a traced run, `traces/RUN-LINK-END.pcap`
// of the packets at a link's ends in it. A file without its run is left from a crash; the run is
// measured again and overwrites it.

import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest, Run } from "../../analysis/results.ts";
import { type TraceRow, traceRowSchema } from "../../analysis/traces/row.ts";
import { RttlabError } from "../../lib/errors.ts";
import { parseYaml } from "../../topology/model/document.ts";
import type { Traced } from "../traces/around.ts";
import { seenIn } from "../traces/seen.ts";
import { writeWhole } from "./whole.ts";

const FOLDER = "traces";
const NDJSON = /^(\d+)\.ndjson$/;
const PCAP = /^(\d+)-(.+)\.pcap$/;

export async function writeTrace(folder: string, run: number, { rows, captures }: Traced): Promise<void> {
  const place = join(folder, FOLDER);
  await mkdir(place, { recursive: true });
  const name = String(run).padStart(5, "0");
  for (const { name: end, file } of captures) await writeWhole(join(place, `${name}-${end}.pcap`), file);
  await writeWhole(join(place, `${name}.ndjson`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/**
 * The runs, the traced ones with the courses of their connections and what their captures hold.
 * Throws E_BAD_RESULTS as readTraces.
 */
export async function withTraces(
  folder: string,
  { source = "", environment }: Pick<Manifest, "source" | "environment">,
  runs: readonly Run[],
): Promise<Run[]> {
  const traced = new Map<number, readonly TraceRow[]>();
  for await (const { run, rows } of readTraces(folder)) traced.set(run, rows);
  const usualPackets = traced.size === 0 ? null : packetsIn(source);
  const all: Run[] = [];
  for (const run of runs) {
    const rows = traced.get(run.index);
    if (rows === undefined) all.push(run);
    else {
      const captures = await readCaptures(folder, run.index);
      all.push({ ...run, ...seenIn({ rows, captures }, environment.topology, usualPackets) });
    }
  }
  return all;
}

/** The most of a capture that a study's text asks for; null if that cannot be read. */
function packetsIn(source: string): number | null {
  const { traces } = (parseYaml(source).value ?? {}) as { traces?: { packets?: unknown } };
  return typeof traces?.packets === "number" ? traces.packets : null;
}

async function readCaptures(folder: string, run: number): Promise<Traced["captures"]> {
  const names = await readdir(join(folder, FOLDER));
  const own = names.sort().flatMap((file) => {
    const [, number, name] = PCAP.exec(file) ?? [];
    return name !== undefined && Number(number) === run ? [{ file, name }] : [];
  });
  return Promise.all(own.map(async ({ file, name }) => ({ name, file: await readFile(join(folder, FOLDER, file)) })));
}

/** The lines of each trace, by run. Throws E_BAD_RESULTS for an invalid one. */
export async function* readTraces(folder: string): AsyncGenerator<{ run: number; rows: TraceRow[] }> {
  const names = await readdir(join(folder, FOLDER)).catch(() => []);
  for (const name of names.sort()) {
    const [, run] = NDJSON.exec(name) ?? [];
    if (run === undefined) continue;
    const lines = (await readFile(join(folder, FOLDER, name), "utf8")).split("\n").slice(0, -1);
    yield { run: Number(run), rows: lines.map((line, at) => readRow(line, `${folder}: line ${at + 1} of ${name}`)) };
  }
}

function readRow(line: string, place: string): TraceRow {
  try {
    return traceRowSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new RttlabError("E_BAD_RESULTS", `reading results of ${place} is no line of a trace`, { cause });
  }
}
