// A copy of the repository with things added to it. It is a work tree of git, so that the
// repository's rules can be run on it; the packages are the original's. Its place is always the
// same: there Node and the compiler find again what they made of it the last time.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withLock } from "../../bin/setup/lock.mjs";
import { ROOT, repositoryPaths } from "../rules/sources.ts";
import type { Addition, TableLine } from "./addition.ts";

const FOLDER = join(ROOT, ".rttlab", "adding");

export interface Copy extends AsyncDisposable {
  root: string;
  /** For what a compiler keeps between runs. */
  folder: string;
}

/** One at a time: another process waits until this copy is removed. */
export async function copyWith(additions: readonly Addition[]): Promise<Copy> {
  const root = join(FOLDER, "tree");
  const remove = () => rmSync(root, { recursive: true, force: true });
  const [entered, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = withLock(FOLDER, () => {
    entered.resolve();
    return done.promise;
  });
  await Promise.race([entered.promise, holding]);
  remove();
  for (const path of repositoryPaths()) cpSync(join(ROOT, path), join(root, path));
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  for (const { file, line } of additions) {
    if (file !== undefined) addFile(root, file);
    if (line !== undefined) addLine(root, line);
  }
  return {
    root,
    folder: FOLDER,
    async [Symbol.asyncDispose]() {
      remove();
      done.resolve();
      await holding;
    },
  };
}

function addFile(root: string, { path, text }: { path: string; text: string }): void {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text, { flag: "wx" });
}

function addLine(root: string, { in: path, after, text, import: line }: TableLine): void {
  const before = readFileSync(join(root, path), "utf8");
  assert.equal(before.split(after).length, 2, `${path} has "${after}" once`);
  const changed = before.replace(after, () => after + text);
  writeFileSync(join(root, path), line === undefined ? changed : withImport(changed, line));
}

/** Behind the comment that opens the file. */
function withImport(text: string, line: string): string {
  const at = text.search(/^import /m);
  return `${text.slice(0, at)}${line}\n${text.slice(at)}`;
}
