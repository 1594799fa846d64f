// Test files that share a process. Its start and the loading of sources cost a small file several
// times what its tests do. A file that starts processes or threads keeps a process of its own, for
// it counts on what such a process has.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { importsOf } from "../tests/rules/sources.ts";
import { ROOT } from "./part.ts";

const FOLDER = join(ROOT, ".rttlab", "tests");
/** Outside a suite they would be of all files of the process. */
const HOOKS_FOR_ALL = /^(before|after)Each\(/m;

/**
 * The files that need a process each, and instead of the others `groups` files, each of which
 * imports some of them. Neighbours are together, because they load the same sources.
 */
export async function inGroups(files: readonly string[], groups: number): Promise<string[]> {
  const isAlone = await Promise.all(files.map(needsProcess));
  const alone = files.filter((_, at) => isAlone[at]);
  const sharing = files.filter((_, at) => !isAlone[at]);
  const size = Math.ceil(sharing.length / groups);
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const written = Array.from({ length: Math.ceil(sharing.length / size) }, async (_, at) => {
    const path = join(FOLDER, `group-${at + 1}.test.mjs`);
    const members = sharing.slice(at * size, (at + 1) * size);
    await writeFile(path, members.map((file) => `import ${JSON.stringify(file)};\n`).join(""));
    return path;
  });
  return [...alone, ...(await Promise.all(written))];
}

/**
 * Whether a test file starts processes, or it or what it imports starts threads. Sources of ours
 * that start processes do so in a testbed, where unit tests are not.
 */
export async function startsOthers(file: string): Promise<boolean> {
  const path = relative(ROOT, file);
  return (await importsAt(path)).includes("node:child_process") || (await reaches("node:worker_threads", path));
}

async function needsProcess(file: string): Promise<boolean> {
  return HOOKS_FOR_ALL.test(await readFile(file, "utf8")) || (await startsOthers(file));
}

/** Whether a source imports the module, or a source of ours that does. */
async function reaches(module: string, from: string): Promise<boolean> {
  const seen = new Set([from]);
  for (const path of seen) {
    if (path === module) return true;
    for (const next of await importsAt(path)) seen.add(next);
  }
  return false;
}

const known = new Map<string, Promise<string[]>>();

/** None of a package's or Node's. */
function importsAt(path: string): Promise<string[]> {
  if (!/\.(ts|mjs|js)$/.test(path)) return Promise.resolve([]);
  const imports = known.get(path) ?? readFile(join(ROOT, path), "utf8").then((text) => importsOf({ path, text }));
  known.set(path, imports);
  return imports;
}
