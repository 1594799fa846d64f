// A results folder: `manifest.json`, written before the first run, and `runs.ndjson`, to which each
// complete run adds a line, so that a crash loses at most the run under way. docs/results.md has
// the format.

import { appendFile, mkdir, open, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { FORMAT, type Manifest, manifestSchema, type Run, runSchema } from "../../analysis/results.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { KernelRecord } from "../kernel-record.ts";
import type { Traced } from "../traces/around.ts";
import { withTraces, writeTrace } from "./traces.ts";
import { writeWhole } from "./whole.ts";

const MANIFEST = "manifest.json";
const RUNS = "runs.ndjson";
/** Ends the names of those two beside a published report, which are compressed. */
const PACKED = ".gz";

const FOLDERS = /^(traces|plots|kernel(\/(before(-\d+)?|after))?)$/;
const PARTS = [
  /(manifest\.json|runs\.ndjson)(\.gz)?|report\.(html|md)/,
  /traces\/\d+(\.ndjson|-[^/]+\.pcap)/,
  /kernel\/(before(-\d+)?|after)\/[^/]+\.(qdiscs|offloads)\.txt/,
  /plots\/(plot-\d+(-\d+)?|model-[^/]+)\.svg/,
];
/** Of a results folder; and of each file what a crash may leave beside it. */
const FILES = new RegExp(`^(${PARTS.map(({ source }) => source).join("|")})(\\.new)?$`);

export interface Results {
  folder: string;
  manifest: Manifest;
  runs: readonly Run[];
}

/**
 * Makes the folder; its manifest is complete or absent. Throws E_BAD_RESULTS if something exists
 * already.
 */
export async function createResults(folder: string, manifest: Manifest): Promise<void> {
  await refuseTaken(folder);
  await mkdir(folder, { recursive: true });
  await writeManifest(folder, manifest);
  await writeFile(join(folder, RUNS), "");
}

/** The manifest is this one from now on, or as it was. */
export function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  return writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
}

/**
 * Throws E_BAD_RESULTS if results cannot be written to the folder because something exists there.
 */
export async function refuseTaken(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new RttlabError("E_BAD_RESULTS", `writing results to ${folder}: it is no folder`, { cause: error });
  });
  if (found.length > 0) throw new RttlabError("E_BAD_RESULTS", `writing results to ${folder}: the folder is not empty`);
}

/** Before the first run, before the one from which on the study is resumed, or after the last. */
type Moment = "before" | `before-${number}` | "after";

/** Keeps what the kernel says. */
export async function recordKernel(folder: string, moment: Moment, record: KernelRecord): Promise<void> {
  const place = join(folder, "kernel", moment);
  await mkdir(place, { recursive: true });
  for (const [name, text] of record) await writeWhole(join(place, name), text);
}

/** Adds one run and waits until it is on disk; its trace is there by then. */
export async function appendRun(folder: string, run: Run, traced: Traced | null): Promise<void> {
  if (traced !== null) await writeTrace(folder, run.index, traced);
  const file = await open(join(folder, RUNS), "a");
  try {
    await appendFile(file, lineOf(run));
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Without its traces and what its captures hold, which are in files of their own. */
function lineOf({ traces: _, wire: __, ...run }: Run): string {
  return `${JSON.stringify(run)}\n`;
}

/**
 * The files of results that a published report has beside it, by name, as yet plain texts.
 * Histograms, which are most of a run and of little use to another's comparison, are left out.
 */
export function packedTexts(manifest: Manifest, runs: readonly Run[]): Map<string, string> {
  return new Map([
    [`${MANIFEST}${PACKED}`, `${JSON.stringify(manifest)}\n`],
    [`${RUNS}${PACKED}`, runs.map(({ histograms: _, ...run }) => lineOf(run)).join("")],
  ]);
}

/**
 * Reads a folder. An incomplete last line is what a crash left of the run under way; it is left
 * out, and cut off with `mend`. With `published` a published report will do, whose results have no
 * traces and histograms. Throws E_BAD_RESULTS if the folder has content of others, another version,
 * or damage elsewhere.
 */
export async function readResults(folder: string, { mend = false, published = false } = {}): Promise<Results> {
  const bad = (reason: string, cause?: unknown) =>
    new RttlabError("E_BAD_RESULTS", `reading results of ${folder}: ${reason}`, { cause });
  const readPart = async (name: string) => {
    const plain = await readFile(join(folder, name), "utf8").catch((cause: Error) => cause);
    if (typeof plain === "string") return plain;
    const packed = await readFile(join(folder, `${name}${PACKED}`)).catch(() => null);
    if (packed === null) throw bad(`there is no ${name}: is it a results folder?`, plain);
    if (!published) throw bad("they are published, and only compared and exported");
    return promisify(gunzip)(packed).then(String, (cause) => {
      throw bad(`${name}${PACKED} is not whole`, cause);
    });
  };
  const [manifestText, runsText] = [await readPart(MANIFEST), await readPart(RUNS)];
  const manifest = parse<Manifest>(manifestText, () => bad(`${MANIFEST} is not JSON`));
  if (manifest?.format !== FORMAT) throw bad(`it is ${formatOf(manifest)}, and this reads ${FORMAT}`);
  const faults = manifestSchema.safeParse(manifest).error?.issues ?? [];
  if (faults.length > 0)
    throw bad(
      `${MANIFEST} is not whole: ${faults.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
    );
  const end = runsText.lastIndexOf("\n") + 1;
  const lines = runsText.slice(0, end).split("\n").slice(0, -1);
  const runs = lines.map((line, index) => parse<Run>(line, () => bad(`line ${index + 1} of ${RUNS} is not JSON`)));
  const known = new Set(manifest.cells.map(({ id }) => id));
  const foreign = runs.findIndex(
    (run, place) => !runSchema.safeParse(run).success || !known.has(run.cell) || run.index !== place,
  );
  if (foreign >= 0) throw bad(`line ${foreign + 1} of ${RUNS} is no run of this study`);
  const others = await foreignEntries(folder);
  if (others.length > 0) throw bad(`it holds ${others.join(", ")}, which is of no study`);
  const traced = await withTraces(folder, manifest, runs);
  if (mend && end < runsText.length) await truncate(join(folder, RUNS), Buffer.byteLength(runsText.slice(0, end)));
  return { folder, manifest, runs: traced };
}

/** Paths that belong to no study; of a foreign folder itself, and nothing in it. */
async function foreignEntries(folder: string): Promise<string[]> {
  const isOurs = (path: string) => path === "" || FOLDERS.test(path);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ parentPath }) => isOurs(relative(folder, parentPath)))
    .map((entry) => ({ entry, path: relative(folder, join(entry.parentPath, entry.name)) }))
    .filter(({ entry, path }) => !(entry.isDirectory() ? FOLDERS : FILES).test(path))
    .map(({ path }) => path);
}

function formatOf(manifest: unknown): string {
  const { format } = (manifest ?? {}) as { format?: unknown };
  return typeof format === "string" ? `of the format ${format}` : "of no format of a study's";
}

function parse<Value>(text: string, refuse: () => RttlabError): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw refuse();
  }
}
