// From a path to a file that may be served. Each directory below the root must be searchable and the file readable by everyone, and
// what is found must lie under the document root even after symbolic links, else 403: a server may run as a user who can read more.
// On the way the access rules of the directories are gathered; they hold for what is not there, too.

import { constants, type Stats } from "node:fs";
import { join } from "node:path";
import { inherit, NO_RULES, type Rules } from "../access/rules.ts";
import type { HtaccessReader, Unusable } from "./htaccess.ts";
import { realPath, type Steps, statFile } from "./operation.ts";
import type { TargetPath } from "./path.ts";

export interface LookupOptions {
  /** Absolute path of the document root, without symbolic links in it. */
  root: string;
  /** Name of the file that stands for its directory, where no rules name others. */
  index: string;
}

export type Found =
  | { kind: "file"; path: string; stats: Stats }
  /** A directory asked for without its slash. */
  | { kind: "directory" }
  | { kind: "refused"; status: 403 | 404 };

/** What was found, and the rules that guard it: null where there are none, and why where those of some directory cannot be used. */
export interface Lookup {
  found: Found;
  rules: Rules | Unusable | null;
}

const NOT_THERE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);
const MUST_NOT_BE_SEEN = new Set(["EACCES", "ELOOP", "EPERM"]);

/** Walks down to the file. Refuses with 404 what is not there and with 403 what must not be seen. */
export function* lookup(path: TargetPath, options: LookupOptions, htaccess: HtaccessReader | null): Steps<Lookup> {
  const result: Lookup = { found: refused(404), rules: null };
  const enter = function* (directory: string): Steps<void> {
    if (htaccess === null || isUnusable(result.rules)) return;
    const inner = yield* htaccess(directory);
    if (isUnusable(inner)) result.rules = inner;
    else if (inner !== null) result.rules = inherit(result.rules ?? NO_RULES, inner);
  };
  try {
    result.found = yield* walk(path, options, result, enter);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (MUST_NOT_BE_SEEN.has(code)) result.found = refused(403);
    else if (!NOT_THERE.has(code)) throw error;
  }
  return result;
}

function* walk(
  { names, slash }: TargetPath,
  { root, index }: LookupOptions,
  gathered: Lookup,
  enter: (directory: string) => Steps<void>,
): Steps<Found> {
  let path = root;
  let stats = yield* statFile(path);
  yield* enter(path);
  for (const name of names) {
    path = join(path, name);
    if (name.startsWith(".ht")) return refused(403);
    stats = yield* statFile(path);
    if (!stats.isDirectory()) continue;
    if ((stats.mode & constants.S_IXOTH) === 0) return refused(403);
    yield* enter(path);
  }
  if (stats.isDirectory()) {
    if (!slash) return { kind: "directory" };
    const { rules } = gathered;
    const indexed = yield* findIndex(path, (isUnusable(rules) ? null : rules?.index) ?? [index]);
    if (indexed === null) return refused(403);
    ({ path, stats } = indexed);
  } else if (slash) return refused(404);
  if (!stats.isFile() || (stats.mode & constants.S_IROTH) === 0) return refused(403);
  const real = yield* realPath(path);
  return real.startsWith(root === "/" ? root : `${root}/`) ? { kind: "file", path: real, stats } : refused(403);
}

/** The first of the names that is there. A directory without one is not listed: 403, as Apache answers. */
function* findIndex(directory: string, names: readonly string[]): Steps<{ path: string; stats: Stats } | null> {
  for (const name of names) {
    const path = join(directory, name);
    try {
      return { path, stats: yield* statFile(path) };
    } catch (error) {
      if (!NOT_THERE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  return null;
}

export function isUnusable(rules: Rules | Unusable | null): rules is Unusable {
  return typeof rules === "string";
}

function refused(status: 403 | 404): Found {
  return { kind: "refused", status };
}
