// The .htaccess files of a site, read when they change and parsed once. As in Apache, every request
// below a file that is broken or too long gets 500, and below one that cannot be read 403; the log
// says why. A bad file never counts as no rules.

import type { Stats } from "node:fs";
import { join } from "node:path";
import { parseRules } from "../access/parse-rules.ts";
import type { Rules } from "../access/rules.ts";
import { etagOf } from "./description.ts";
import { closeFile, type OpenedFile, openFile, readStart, realPath, type Steps, statFile } from "./operation.ts";
import { readablePath } from "./path.ts";

/** The reason why a file gives no rules. */
export type Unusable = "broken" | "unreadable";
export type DirectoryRules = Rules | Unusable | null;

/**
 * Called for a file that cannot be used, when it is first met and when it has changed. `line` is 0
 * for the file as a whole.
 */
export type ReportUnusable = (path: string, line: number, problem: string) => void;

export interface Htaccess {
  /**
   * The rules of a directory's own file, or null without one. Throws failures that are not the
   * file's, such as a lack of descriptors.
   */
  read(directory: string): Steps<DirectoryRules>;
  /**
   * Whether a file is one of those read, under another name: a hard link to it, or the target of
   * its link.
   */
  isOneOf(stats: Stats): Steps<boolean>;
}

const LONGEST_FILE_BYTES = 65_536;
const MOST_FILES_HELD = 1_000;
const NOT_THERE = new Set(["ENOENT", "ENOTDIR"]);
const NOT_READABLE = new Set(["EACCES", "EPERM", "ELOOP"]);

export function createHtaccess(report: ReportUnusable): Htaccess {
  const held = new Map<string, { version: string; rules: DirectoryRules }>();
  /** Where each held file was found. */
  const paths = new Map<string, string>();

  function unusable(as: Unusable, path: string, line: number, problem: string): Unusable {
    report(readablePath(path), line, readablePath(problem));
    return as;
  }

  function* read(path: string, stats: Stats): Steps<DirectoryRules> {
    if (!stats.isFile()) return unusable("unreadable", path, 0, "is no regular file");
    if (stats.size > LONGEST_FILE_BYTES)
      return unusable("broken", path, 0, `is longer than ${LONGEST_FILE_BYTES} bytes`);
    try {
      // Links are followed wherever they lead, because rules are obeyed and not shown.
      const text = yield* readText(yield* openFile(yield* realPath(path)));
      const rules = parseRules(text);
      return "problem" in rules ? unusable("broken", path, rules.line, rules.problem) : rules;
    } catch (error) {
      // It existed a moment ago: an editor is replacing it, or it was removed.
      return isNotThere(error) ? null : unreadable(path, error);
    }
  }

  function unreadable(path: string, error: unknown): Unusable {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!NOT_READABLE.has(code)) throw error;
    return unusable("unreadable", path, 0, `cannot be read: ${code}`);
  }

  function* readRules(directory: string): Steps<DirectoryRules> {
    const path = join(directory, ".htaccess");
    let stats: Stats;
    try {
      stats = yield* statFile(path);
    } catch (error) {
      held.delete(path);
      return isNotThere(error) ? null : unreadable(path, error);
    }
    // Permissions count as well, and only ctime shows that they changed.
    const version = `${etagOf(stats)} ${stats.ctimeMs}`;
    const known = held.get(path);
    if (known?.version === version) return known.rules;
    if (held.size >= MOST_FILES_HELD) held.clear();
    if (paths.size >= MOST_FILES_HELD) paths.clear();
    paths.set(identityOf(stats), path);
    const rules = yield* read(path, stats);
    // A file that has disappeared meanwhile is held as nothing, because it may return unchanged.
    if (rules === null) held.delete(path);
    else held.set(path, { version, rules });
    return rules;
  }

  function* isOneOf(stats: Stats): Steps<boolean> {
    const identity = identityOf(stats);
    const path = paths.get(identity);
    if (path === undefined) return false;
    try {
      if (identityOf(yield* statFile(path)) === identity) return true;
    } catch (error) {
      if (!isNotThere(error)) throw error;
    }
    // It has disappeared, and another file has its inode now.
    paths.delete(identity);
    return false;
  }

  return { read: readRules, isOneOf };
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function* readText({ descriptor, stats }: OpenedFile): Steps<string> {
  try {
    return (yield* readStart(descriptor, stats.size)).toString("latin1");
  } finally {
    yield* closeFile(descriptor);
  }
}

function isNotThere(error: unknown): boolean {
  return NOT_THERE.has((error as NodeJS.ErrnoException).code ?? "");
}
