// Converts YAML to plain data with the line of every key, and reports repeated keys and syntax
// errors as problems.

import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit as visitNodes,
} from "yaml";
import type { Problem } from "../../lib/errors.ts";
import { formatPath } from "./shape.ts";

export interface YamlFile {
  /** Maps, lists and scalars of the file; undefined if its syntax is broken. */
  value: unknown;
  /** Syntax errors, or repeated keys. */
  problems: Problem[];
  /** The line, from 1, on which the innermost known part of a path (`links.wan-a.loss`) begins. */
  lineOf(path: string): number | undefined;
}

/**
 * `words`: the paths at which keys and values stay the words that are written where YAML reads a
 * decimal number or a truth, so that 1.0 is not 1.
 */
export function parseYaml(text: string, words?: RegExp): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const lines = new Map<string, number>();
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos: [offset] }) => {
    const { line, col } = counter.linePos(offset);
    return syntaxProblem(code === "MULTIPLE_DOCS" ? "a second document begins here" : message, `column ${col}`, line);
  });
  if (problems.length > 0) return unreadable(problems);
  if (words !== undefined) keepWords(document, words);
  const repeated = walk(document.contents, [], (path, offset) => {
    const key = formatPath(path);
    const first = lines.get(key);
    const { line } = counter.linePos(offset);
    if (first === undefined) lines.set(key, line);
    return first === undefined
      ? []
      : [{ code: "E_DUPLICATE_KEY", path: key, message: `is given twice, first on line ${first}`, allowed: "", line }];
  });
  try {
    return { value: document.toJS(), problems: repeated, lineOf: (path) => nearest(path, lines) };
  } catch (error) {
    return unreadable([syntaxProblem((error as Error).message, "an alias")]);
  }
}

/** Of decimals and truths alone; 1e6 and 0x10 are written for their value. */
function keepWords(document: Document, places: RegExp): void {
  visitNodes(document, {
    Scalar(_, node, ancestors) {
      const keys = ancestors.filter(isPair).map(({ key }) => String(key));
      const { source = "" } = node;
      if (/^(\d+\.\d+|true|false)$/.test(source) && places.test(keys.join("."))) node.value = source;
    },
  });
}

function unreadable(problems: Problem[]): YamlFile {
  return { value: undefined, problems, lineOf: () => undefined };
}

function syntaxProblem(message: string, path: string, line?: number): Problem {
  return { code: "E_YAML_SYNTAX", path, message, allowed: "", ...(line === undefined ? {} : { line }) };
}

function walk(
  node: ParsedNode | null,
  path: readonly PropertyKey[],
  visit: (path: readonly PropertyKey[], offset: number) => Problem[],
): Problem[] {
  if (isSeq(node)) {
    return node.items.flatMap((item, index) => [
      ...visit([...path, index], (item as ParsedNode).range[0]),
      ...walk(item as ParsedNode, [...path, index], visit),
    ]);
  }
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    const inner = [...path, isScalar(key) ? String(key.value) : String(key)];
    const offset = (key as ParsedNode | null)?.range[0] ?? 0;
    return [...visit(inner, offset), ...walk(value as ParsedNode | null, inner, visit)];
  });
}

function nearest(path: string, lines: ReadonlyMap<string, number>): number | undefined {
  const known = lines.get(path);
  const end = Math.max(path.lastIndexOf("."), path.lastIndexOf("["));
  return known ?? (end < 0 ? undefined : nearest(path.slice(0, end), lines));
}
