// From a path to a file that may be served. Each directory below the root must be searchable and the file readable by everyone, and
// what is found must lie under the document root even after symbolic links, else 403: a server may run as a user who can read more.

import { constants, type Stats } from "node:fs";
import { join } from "node:path";
import { realPath, type Steps, statFile } from "./operation.ts";
import type { TargetPath } from "./path.ts";

export interface LookupOptions {
  /** Absolute path of the document root, without symbolic links in it. */
  root: string;
  /** Name of the file that stands for its directory. */
  index: string;
}

export type Found =
  | { kind: "file"; path: string; stats: Stats }
  /** A directory asked for without its slash. */
  | { kind: "directory" }
  | { kind: "refused"; status: 403 | 404 };

const NOT_THERE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

/** Walks down to the file. Refuses with 404 what is not there and with 403 what must not be seen. */
export function* lookup({ names, slash }: TargetPath, options: LookupOptions): Steps<Found> {
  try {
    return yield* walk(names, slash, options);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (NOT_THERE.has(code)) return refused(404);
    if (code === "EACCES" || code === "ELOOP" || code === "EPERM") return refused(403);
    throw error;
  }
}

function* walk(names: string[], slash: boolean, { root, index }: LookupOptions): Steps<Found> {
  if (names.some((name) => name.startsWith(".ht"))) return refused(403);
  let path = root;
  let stats = yield* statFile(path);
  for (const name of names) {
    path = join(path, name);
    stats = yield* statFile(path);
    if (stats.isDirectory() && (stats.mode & constants.S_IXOTH) === 0) return refused(403);
  }
  if (stats.isDirectory()) {
    if (!slash) return { kind: "directory" };
    path = join(path, index);
    const indexStats = yield* statIndex(path);
    if (indexStats === null) return refused(403);
    stats = indexStats;
  } else if (slash) return refused(404);
  if (!stats.isFile() || (stats.mode & constants.S_IROTH) === 0) return refused(403);
  const real = yield* realPath(path);
  return real.startsWith(root === "/" ? root : `${root}/`) ? { kind: "file", path: real, stats } : refused(403);
}

/** A directory without an index file is not listed: 403, as Apache answers. */
function* statIndex(path: string): Steps<Stats | null> {
  try {
    return yield* statFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function refused(status: 403 | 404): Found {
  return { kind: "refused", status };
}
