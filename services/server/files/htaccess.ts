// The .htaccess files of a site: read when they have changed, parsed once. A file that is broken, too long or not readable stands for
// `broken`: whoever asks for anything below it gets 500, and the log says why. It never means that there are no rules.

import type { Stats } from "node:fs";
import { join } from "node:path";
import { parseRules } from "../access/parse-rules.ts";
import type { Rules } from "../access/rules.ts";
import { etagOf } from "./description.ts";
import { closeFile, type OpenedFile, openFile, readStart, type Steps, statFile } from "./operation.ts";

export type DirectoryRules = Rules | "broken" | null;

/** Told of a broken file, each time that it has changed. `line` is 0 where the file as a whole is meant. */
export type ReportBroken = (path: string, line: number, problem: string) => void;

/** Gives the rules of a directory's own file, or null where it has none. */
export type HtaccessReader = (directory: string) => Steps<DirectoryRules>;

const LONGEST_FILE_BYTES = 65_536;
const MOST_FILES_HELD = 1_000;
const NOT_THERE = new Set(["ENOENT", "ENOTDIR"]);

export function createHtaccessReader(report: ReportBroken): HtaccessReader {
  const held = new Map<string, { etag: string; rules: DirectoryRules }>();

  function* read(path: string, stats: Stats): Steps<DirectoryRules> {
    if (stats.size > LONGEST_FILE_BYTES) return broken(path, 0, `is longer than ${LONGEST_FILE_BYTES} bytes`);
    const file = yield* openFile(path);
    const text = yield* readText(file);
    const rules = parseRules(text);
    return "problem" in rules ? broken(path, rules.line, rules.problem) : rules;
  }

  function broken(path: string, line: number, problem: string): "broken" {
    report(path, line, problem);
    return "broken";
  }

  return function* (directory) {
    const path = join(directory, ".htaccess");
    try {
      const stats = yield* statFile(path);
      const etag = etagOf(stats);
      const known = held.get(path);
      if (known?.etag === etag) return known.rules;
      if (held.size >= MOST_FILES_HELD) held.clear();
      const rules = yield* read(path, stats);
      held.set(path, { etag, rules });
      return rules;
    } catch (error) {
      held.delete(path);
      const { code = "" } = error as NodeJS.ErrnoException;
      return NOT_THERE.has(code) ? null : broken(path, 0, `cannot be read: ${code}`);
    }
  };
}

function* readText({ descriptor, stats }: OpenedFile): Steps<string> {
  try {
    return (yield* readStart(descriptor, stats.size)).toString("utf8");
  } finally {
    yield* closeFile(descriptor);
  }
}
