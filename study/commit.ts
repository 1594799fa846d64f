// The files of the testbed that a study ran with: the commit, and a digest of their changes, so
// that two checkouts of a commit are the same only if their files are.

import { execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { contentHash } from "../topology/apply/context.ts";

/** `3f2a, with uncommitted changes 9bd1`; a checkout without git has neither. */
export async function commitOf(root: string): Promise<string> {
  const git = async (...words: string[]) =>
    (await promisify(execFile)("git", ["-C", root, ...words], { encoding: "latin1", maxBuffer: Infinity })).stdout;
  try {
    const [commit, changes, added] = await Promise.all([
      git("rev-parse", "--short=12", "HEAD"),
      git("diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv"),
      git("ls-files", "--others", "--exclude-standard", "-z"),
    ]);
    const paths = added
      .split("\0")
      .slice(0, -1)
      .map((path) => Buffer.from(path, "latin1").toString());
    if (changes === "" && paths.length === 0) return commit.trim();
    return `${commit.trim()}, with uncommitted changes ${await digestOf(root, changes, paths)}`;
  } catch {
    return "not a git checkout";
  }
}

/** Links and what else is no file count by their names. */
async function digestOf(root: string, changes: string, paths: readonly string[]): Promise<string> {
  const places = paths.map((path) => ({ path, source: join(root, path) }));
  const isFile = await Promise.all(places.map(async ({ source }) => (await lstat(source)).isFile()));
  const files = places.filter((_, at) => isFile[at]);
  return contentHash(files, [changes, ...paths]);
}
