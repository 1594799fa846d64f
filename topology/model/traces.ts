// The files of rate traces that events name: each gets the text behind it, before anything else is
// read, as tables of jitter do (tables.ts), so that a study goes on without the file.

import type { Problem } from "../../lib/errors.ts";
import type { ReadFile } from "../../lib/link/jitter-table.ts";
import { DIRECTIONS } from "../../lib/link/link.ts";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";

/**
 * A trace in an event: its file's name for people, and its text. A read file has both, a line
 * apart.
 */
export interface EventTrace {
  name: string;
  text: string;
}

/** The parsed file with a trace in place of each name, without those that have problems. */
export function withTraces(file: unknown, readFile: ReadFile): { value: unknown; problems: Problem[] } {
  if (!isRecord(file) || !Array.isArray(file.events)) return { value: file, problems: [] };
  const problems: Problem[] = [];
  const read = (word: unknown, path: string): unknown => {
    if (typeof word !== "string") return word;
    const found = readTrace(word, readFile);
    if ("trace" in found) return found.trace;
    problems.push(...found.problems.map((problem) => ({ ...problem, path })));
    return {};
  };
  const events = file.events.map((event: unknown, at) => {
    if (!isRecord(event) || event.trace === undefined) return event;
    const { trace, ...others } = event;
    const path = `events[${at}].trace`;
    if (isRecord(trace) && Object.keys(trace).length === 0) {
      problems.push({ code: "E_MISSING_KEY", path, message: "names no file", allowed: "forward, backward or both" });
    }
    const sides = isRecord(trace)
      ? Object.fromEntries(
          Object.entries(trace).flatMap(([side, word]) => {
            const found = read(word, `${path}.${side}`);
            return isRecord(found) ? [] : [[side, found]];
          }),
        )
      : read(trace, path);
    return { ...others, trace: sides };
  });
  return { value: { ...file, events }, problems };
}

function readTrace(
  file: string,
  readFile: ReadFile,
): { trace: string } | { problems: Omit<Problem, "path" | "line">[] } {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const message = `${file} cannot be read: ${(error as Error).message}`;
    return { problems: [{ code: "E_BAD_TRACE", message, allowed: "the file of a trace" }] };
  }
  const { problems } = parseRateTrace(text);
  if (problems.length === 0) return { trace: `${file.split("/").at(-1)}\n${text}` };
  return {
    problems: problems.map(({ code, line, message, allowed }) => ({
      ...(code !== undefined && { code }),
      message: `${file}, line ${line}: ${message}`,
      allowed,
    })),
  };
}

/** The traces of an event by direction; both have one that is given for neither. */
export function tracesOf(given: unknown): Partial<Record<(typeof DIRECTIONS)[number], EventTrace>> {
  return Object.fromEntries(
    DIRECTIONS.flatMap((side) => {
      const read = isRecord(given) ? given[side] : given;
      const [, name, text] = /^(.*)\n([\s\S]*)$/.exec(typeof read === "string" ? read : "") ?? [];
      return name === undefined || text === undefined ? [] : [[side, { name, text }]];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
