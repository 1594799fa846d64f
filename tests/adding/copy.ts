// A temporary copy of the repository with things added to it. It is a work tree of git, so that the
// repository's rules can be run on it; the packages are the original's.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT, repositoryPaths } from "../rules/sources.ts";
import type { Addition, TableLine } from "./addition.ts";

export interface Copy {
  root: string;
  remove(): void;
}

export function copyWith(additions: readonly Addition[]): Copy {
  const root = mkdtempSync(join(tmpdir(), "rttlab-adding-"));
  for (const path of repositoryPaths()) cpSync(join(ROOT, path), join(root, path));
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  for (const { file, line } of additions) {
    if (file !== undefined) addFile(root, file);
    if (line !== undefined) addLine(root, line);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
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
