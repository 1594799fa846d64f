// A row of CONTRIBUTING's table "Adding something", tried: a thing to add by at most one new file
// and one line of a table, and the proof that it works. `things.ts` lists them all.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

export interface Addition {
  /** The first cell of the row. */
  what: string;
  /** The new file. */
  file?: { path: string; text: string };
  line?: TableLine;
  /** Throws unless the thing works in the copy of the repository at `root`. */
  works(root: string): Promise<void>;
}

/** One line of an existing file, and the import that it needs. */
export interface TableLine {
  in: string;
  /** The text that it follows, which the file must have exactly once. */
  after: string;
  text: string;
  import?: string;
}

/** A module of the copy. */
// biome-ignore lint/suspicious/noExplicitAny: the types of a copy are not known when this is checked
export function load(root: string, path: string): Promise<any> {
  return import(pathToFileURL(join(root, path)).href);
}

/** The output of a program of the copy on stdout. Rejects when it fails. */
export async function output(root: string, main: string, ...words: string[]): Promise<string> {
  // The runner of tests leaves its mark for its children, who would then report to it and print
  // nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], { cwd: root, env });
  return stdout;
}

export function assertIncludes(text: string, part: string): void {
  assert.ok(text.includes(part), `${part} is not in:\n${text}`);
}
