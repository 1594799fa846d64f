// The files of jitter tables that a scenario's words name: each word gets the content behind it,
// before anything else is read, so that its shape and conditions are checked like those of others.

import type { Problem } from "../../lib/errors.ts";
import { distribution, withTable } from "../../lib/link/impairments/distribution.ts";
import type { ReadFile } from "../../lib/link/jitter-table.ts";
import { formatPath } from "./shape.ts";

/** Where links and changes of them stand in a file. */
const PLACES = ["links", "events"];
/** As in events[0].set.forward.distribution; what is deeper may hold itself, by an alias. */
const DEEPEST = 5;

/** The parsed file with the tables in place, without those that have problems. */
export function withTables(file: unknown, readFile: ReadFile): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const complete = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (path.length >= DEEPEST) return value;
    if (Array.isArray(value)) return value.map((each, at) => complete(each, [...path, at]));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      const place = [...path, key];
      if (key !== distribution.key || typeof inner !== "string") return [[key, complete(inner, place)]];
      const read = withTable(inner, readFile);
      if ("word" in read) return [[key, read.word]];
      problems.push(...read.problems.map((problem) => ({ path: formatPath(place), ...problem })));
      return [];
    });
    return Object.fromEntries(entries);
  };
  if (typeof file !== "object" || file === null || Array.isArray(file)) return { value: file, problems };
  const parts = Object.entries(file).map(([key, part]) => [key, PLACES.includes(key) ? complete(part, [key]) : part]);
  return { value: Object.fromEntries(parts), problems };
}
