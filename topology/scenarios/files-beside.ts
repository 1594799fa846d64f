// Files that a scenario or a command names, such as tables of jitter: beside the scenario's own
// file, or where the command is given.

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ReadFile } from "../../lib/link/jitter-table.ts";

/** Far more than the longest table has. */
const MOST_BYTES = 2 ** 20;

/** Paths are from the folder. */
export function filesBeside(folder: string): ReadFile {
  return (file) => {
    const path = resolve(folder, file);
    const about = statSync(path);
    if (!about.isFile() || about.size > MOST_BYTES) throw new Error(`it is no file of at most ${MOST_BYTES} bytes`);
    return readFileSync(path, "utf8");
  };
}

/** The same, and the texts that were read by then, by the names that they were read by. */
export function keptFilesBeside(folder: string): { readFile: ReadFile; texts: Record<string, string> } {
  const [read, texts] = [filesBeside(folder), {} as Record<string, string>];
  const readFile: ReadFile = (file) => {
    const text = read(file);
    texts[file] = text;
    return text;
  };
  return { readFile, texts };
}

/** Reads such texts again, where their files may be gone. */
export function filesOf(texts: Readonly<Record<string, string>>): ReadFile {
  return (file) => {
    const text = texts[file];
    if (text === undefined) throw new Error(`the results have no ${file}`);
    return text;
  };
}
