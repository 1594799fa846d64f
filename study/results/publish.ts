// A finished report for a repository: `report.md` with its drawings, `report.html`, and its results
// compressed, so that another's can be compared with them. It must say nothing of the machine
// beyond what the study states of it, and be small; all of it is checked before anything is
// written.

import { mkdir, readdir, rm } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { ReportState } from "../../analysis/report/document.ts";
import { makeReport } from "../../analysis/report/report.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { CONFIGURATION, SITE } from "../../topology/roles/peers/peer.ts";
import { ROOT } from "../../topology/testbed/perform.ts";
import { packedTexts, type Results } from "./store.ts";
import { writeWhole } from "./whole.ts";

/** Of each file. */
const MOST_BYTES = 1_000_000;
/** Folders in which people and programs keep their own. */
const OWN_PATH = /(?<![\w.:/-])\/(?:home|root|Users|tmp|work|mnt)\/[\w.-]+/;
/** Places in a peer's container, which its configuration names. */
const OF_PEERS = new RegExp(`(?:${dirname(CONFIGURATION)}|${SITE})(?![\\w.-])`, "g");

/**
 * Writes the report into the folder, in place of an earlier one; resolves to its paths and sizes.
 * E_PUBLISH with every file that is too large or names the machine, when the folder holds something
 * else, and of a smoke.
 */
export async function publishReport(
  { manifest, runs }: Results,
  to: string,
  state: ReportState,
): Promise<{ path: string; bytes: number }[]> {
  const refuse = (reason: string, problems: readonly Problem[] = []) =>
    new RttlabError("E_PUBLISH", `publishing to ${to}: ${reason}`, { problems });
  if (manifest.isSmoke === true) throw refuse("these are results of a smoke, which answers nothing");
  const { files: pages } = await makeReport(manifest, runs, { state });
  const results = packedTexts(manifest, runs);
  const files = new Map<string, string | Buffer>(pages);
  for (const [path, text] of results)
    files.set(path, await promisify(gzip)(text, { level: constants.Z_BEST_COMPRESSION }));
  const problems = [
    ...[...files].flatMap(([path, content]) => sizeProblems(path, content)),
    ...[...pages, ...results].flatMap(([path, text]) => namingProblems(path, text)),
  ];
  if (problems.length > 0) throw refuse("refused", problems);
  const found = await readdir(to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw refuse("it is no folder");
  });
  const foreign = found.filter((name) => ![...files.keys()].some((path) => path.split("/")[0] === name));
  if (foreign.length > 0) throw refuse(`the folder holds ${foreign.join(", ")}, which is of no report`);
  for (const name of found) await rm(join(to, name), { recursive: true });
  for (const [path, content] of files) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await writeWhole(join(to, path), content);
  }
  return [...files].map(([path, content]) => ({ path: join(to, path), bytes: Buffer.byteLength(content) }));
}

const problem = (path: string, message: string, allowed: string) => ({ code: "E_PUBLISH", path, message, allowed });

function sizeProblems(path: string, content: string | Buffer): Problem[] {
  const bytes = Buffer.byteLength(content);
  if (bytes <= MOST_BYTES) return [];
  return [problem(path, `it has ${bytes} bytes`, `at most ${MOST_BYTES}: plots of fewer cells and traces`)];
}

function namingProblems(path: string, content: string): Problem[] {
  const names = [ROOT, homedir(), tmpdir()].filter((name) => name.length > 1);
  const elsewhere = content.replaceAll(OF_PEERS, "");
  const named = names.find((name) => elsewhere.includes(name)) ?? OWN_PATH.exec(elsewhere)?.[0];
  return [
    ...(named === undefined
      ? []
      : [problem(path, `it names ${named}`, "no path of a machine: run the study by its name")]),
    ...(isHostNamed(content) ? [problem(path, `it names ${hostname()}`, "no machine's name")] : []),
  ];
}

/** A host name that is also an ordinary word of reports proves nothing. */
function isHostNamed(content: string): boolean {
  const name = hostname();
  const isOrdinary = ["localhost", "server", "client", "host", "machine"].includes(name);
  return !isOrdinary && content.split(/[^\w.-]+/).includes(name);
}
