// The files of programs: themselves and all that they import, so that an image holds no more, and a
// change to anything else leaves its tag as it is.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { importsIn } from "../../lib/imports.ts";

/** `programs`, and the paths of files and folders from `root` that they need, in no order. */
export async function programFiles(programs: readonly string[], root: string): Promise<string[]> {
  const found = new Set(programs);
  for (const path of found) {
    for (const target of await neededBy(path, root)) found.add(target);
  }
  return [...found];
}

async function neededBy(path: string, root: string): Promise<string[]> {
  if (!path.endsWith(".ts")) return [];
  return importsIn(path, await readFile(join(root, path), "utf8"))
    .filter(({ target, kind }) => kind !== "type" && OURS.test(target))
    .map(({ target }) => target);
}

/** Packages are in node_modules, and Node's own modules in Node. */
const OURS = /^(?:lib|services)\//;
