// The repository's own files, and what each source imports.

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { importsIn } from "../../lib/imports.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A file of the repository: its path from the root, with slashes, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

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

/** Whether its comments begin with `#`. */
export function isScript({ path }: SourceFile): boolean {
  return /\.(sh|pl|py|ya?ml)$|(?:^|\/)Dockerfile$/.test(path);
}

/**
 * The imports of a file: paths from the root for our own files, the bare specifier for packages.
 * Types alone count as well.
 */
export function importsOf({ path, text }: SourceFile): string[] {
  return importsIn(path, text)
    .filter(({ kind }) => kind !== "url")
    .map(({ target }) => target);
}

/** The workers, processes and other files that a file names by `import.meta.url`, from the root. */
export function urlsOf({ path, text }: SourceFile): string[] {
  return importsIn(path, text)
    .filter(({ kind }) => kind === "url")
    .map(({ target }) => target);
}

/**
 * The text with its comments blank, so that lines keep their numbers. A pattern of files, such as
 * tests/*.ts in quotes, begins none.
 */
export function withoutComments(text: string): string {
  return text.replace(/(?<![^\s({])\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm, (comment) =>
    comment.replace(/[^\n]/g, ""),
  );
}
