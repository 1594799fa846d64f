// From a path to a file that may be served. Each directory below the root must be searchable by
// everyone and the file readable by everyone, and the result must lie under the document root even
// after symbolic links; otherwise 403, because a server may run as a user who can read more. The
// walk collects the rules of the directories, which also apply to what does not exist. Files of
// rules are never found.

import { constants, type Stats } from "node:fs";
import { join } from "node:path";
import { forFile, inherit, noRules, type Rules } from "../access/rules.ts";
import type { Htaccess, Unusable } from "./htaccess.ts";
import { linkStat, realPath, type Steps, statFile } from "./operation.ts";
import type { TargetPath } from "./path.ts";

export type Found =
  /** `path` has no symbolic links, `name` is as requested. */
  | { kind: "file"; path: string; name: string; stats: Stats }
  /** A directory, requested with its slash or without. */
  | { kind: "directory"; slash: boolean }
  /** `early`: the walk failed before anything was known of the file, so its rules do not apply. */
  | { kind: "refused"; status: 403 | 404; early: boolean };

/**
 * A file or directory that was found, and its rules: null without any, or the reason if those of
 * some directory cannot be used.
 */
export interface Lookup {
  found: Found;
  rules: Rules | Unusable | null;
}

const NOT_THERE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);
const MUST_NOT_BE_SEEN = new Set(["EACCES", "ELOOP", "EPERM"]);
/** In any case, since some file systems ignore case. */
const RULES_NAME = /^\.ht/i;
const RULES_PATH = /\/\.ht/i;

/**
 * Walks down to the file. Refuses with 404 what does not exist and with 403 what may not be seen.
 */
export function* lookup(path: TargetPath, root: string, htaccess: Htaccess | null): Steps<Lookup> {
  const gathered: Gathered = { rules: null, name: "" };
  const found = yield* foundBy(walk(path, root, gathered, htaccess));
  const { rules, name } = gathered;
  return { found, rules: isUnusable(rules) || rules === null ? rules : forFile(rules, name) };
}

interface Gathered {
  rules: Rules | Unusable | null;
  /**
   * Name of the file or directory at which the walk ended; empty for a directory with its slash.
   */
  name: string;
}

function* foundBy(steps: Steps<Found>): Steps<Found> {
  try {
    return yield* steps;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (MUST_NOT_BE_SEEN.has(code)) return refused(403, true);
    if (NOT_THERE.has(code)) return refused(404);
    throw error;
  }
}

function* walk(
  { names, slash }: TargetPath,
  root: string,
  gathered: Gathered,
  htaccess: Htaccess | null,
): Steps<Found> {
  let path = root;
  let stats = yield* statFile(path);
  yield* enter(path, gathered, htaccess);
  for (const [index, name] of names.entries()) {
    gathered.name = name;
    if (RULES_NAME.test(name)) return refused(403);
    path = join(path, name);
    if (!(yield* mayFollow(path, gathered.rules))) return refused(403, true);
    stats = yield* statFile(path);
    const isLast = index === names.length - 1;
    if (!stats.isDirectory()) {
      if (!isLast || slash) return refused(404);
      break;
    }
    if ((stats.mode & constants.S_IXOTH) === 0) return refused(403, true);
    yield* enter(path, gathered, htaccess);
    if (isLast && !slash) return { kind: "directory", slash };
  }
  if (stats.isDirectory()) {
    gathered.name = "";
    return { kind: "directory", slash: true };
  }
  if (!stats.isFile() || (stats.mode & constants.S_IROTH) === 0) return refused(403);
  const real = yield* realPath(path);
  if (!real.startsWith(root === "/" ? root : `${root}/`) || RULES_PATH.test(real.slice(root.length)))
    return refused(403);
  if (htaccess !== null && (yield* htaccess.isOneOf(stats))) return refused(403);
  return { kind: "file", path: real, name: gathered.name, stats };
}

function* enter(directory: string, gathered: Gathered, htaccess: Htaccess | null): Steps<void> {
  if (htaccess === null || isUnusable(gathered.rules)) return;
  const inner = yield* htaccess.read(directory);
  if (isUnusable(inner)) gathered.rules = inner;
  else if (inner !== null) gathered.rules = inherit(gathered.rules ?? noRules(), inner);
}

/** Options: whether links are followed, or only those whose owner is the file's. */
function* mayFollow(path: string, rules: Rules | Unusable | null): Steps<boolean> {
  if (rules === null || isUnusable(rules)) return true;
  const { reset, follow, ownerMatch } = rules.links;
  const mustMatch = ownerMatch ?? false;
  if (!mustMatch && (follow ?? !reset)) return true;
  const link = yield* linkStat(path);
  if (!link.isSymbolicLink()) return true;
  return mustMatch && link.uid === (yield* statFile(path)).uid;
}

export function isUnusable(rules: Rules | Unusable | null): rules is Unusable {
  return typeof rules === "string";
}

function refused(status: 403 | 404, early = false): Found {
  return { kind: "refused", status, early };
}
