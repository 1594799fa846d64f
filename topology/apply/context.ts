// The build context of an image: exactly the files that its Dockerfile copies, so that an image's
// tag is a hash of its content. Paths in the context are those of the repository, except `node` and
// `node_modules`, which are staged.

import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pack } from "tar-stream";
import { RttlabError } from "../../lib/errors.ts";

/** A path of the context, and the file or folder on this machine behind it. */
export type Places = Readonly<Record<string, string>>;

export interface ContextFile {
  /** Path in the context, with slashes. */
  path: string;
  /** Its place on this machine. */
  source: string;
}

/** The sources of a Dockerfile's COPY lines, in order. Only the plain one-line form is known. */
export function copiedPaths(dockerfile: string): string[] {
  return dockerfile
    .split("\n")
    .filter((line) => /^\s*COPY\s/i.test(line))
    .flatMap((line) => {
      const words = line.trim().split(/\s+/).slice(1);
      const paths = words.filter((word) => !word.startsWith("--")).slice(0, -1);
      if (paths.length === 0 || words.some((word) => /[*?[\]"\\]/.test(word))) {
        throw new RttlabError(
          "E_IMAGE_BUILD",
          `reading a Dockerfile: this form of COPY is not known here: ${line.trim()}`,
        );
      }
      return paths.map((path) => path.replace(/\/+$/, ""));
    });
}

/** The files under the named paths, sorted, without dot files and tests. */
export async function contextFiles(paths: readonly string[], root: string, places: Places): Promise<ContextFile[]> {
  const lists = await Promise.all(paths.map((path) => filesUnder(path, places[path] ?? join(root, path))));
  return lists.flat().sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** A hash over the paths and contents of files, and of everything else that goes into the image. */
export async function contentHash(files: readonly ContextFile[], others: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(others));
  for (const { path, source } of files) {
    const content = await readFile(source);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * The context as a tar stream with fixed modes and times, so that the same files make the same
 * context on every system.
 */
export function contextTar(dockerfile: string, files: readonly ContextFile[]): Readable {
  const tar = pack();
  const fill = async () => {
    tar.entry({ name: "Dockerfile", mtime: new Date(0) }, dockerfile);
    for (const { path, source } of files) {
      const content = await readFile(source);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      tar.entry({ name: path, mode: isProgram(content) ? 0o755 : 0o644, mtime: new Date(0) }, content, (error) =>
        error ? reject(error) : resolve(),
      );
      await promise;
    }
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return tar;
}

async function filesUnder(path: string, source: string): Promise<ContextFile[]> {
  if (!(await stat(source)).isDirectory()) return [{ path, source }];
  const entries = await readdir(source, { withFileTypes: true });
  const wanted = entries.filter(({ name }) => !isLeftOut(`${path}/${name}`));
  const lists = await Promise.all(wanted.map(({ name }) => filesUnder(`${path}/${name}`, join(source, name))));
  return lists.flat();
}

function isLeftOut(path: string): boolean {
  return /\/\.[^/]*$|\.test\.ts$/.test(path);
}

function isProgram(content: Buffer): boolean {
  return content.subarray(0, 2).toString() === "#!" || content.subarray(0, 4).toString("latin1") === "\x7fELF";
}
