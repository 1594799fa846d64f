// The repository's own files, and what each source imports. The scanner reads static imports,
// re-exports and import("…") with a literal; that is all the forms that are used here, and types
// alone (`import type`) count as well.

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A file of the repository: its path from the root, with slashes, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

const IMPORT = /^\s*(?:import|export)\s+(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/gm;

/** Every text file of the repository. */
export function repositoryFiles(): SourceFile[] {
  return repositoryPaths()
    .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}

/** The path of every file that git tracks or would track, from the root. */
export function repositoryPaths(): string[] {
  const listing = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listing.split("\0").filter((path) => statSync(`${ROOT}${path}`, { throwIfNoEntry: false })?.isFile());
}

export function isSource({ path }: SourceFile): boolean {
  return /\.(ts|mjs|js)$/.test(path);
}

/**
 * The imports of a file: paths from the root for our own files, the bare specifier for packages.
 */
export function importsOf({ path, text }: SourceFile): string[] {
  return [...text.matchAll(IMPORT)]
    .map((match) => (match[1] ?? match[2]) as string)
    .map((specifier) => (specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier));
}
