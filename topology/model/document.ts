// A YAML text to plain data, with the line of every key, keys given twice, and syntax errors as problems.

import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from "yaml";
import type { Problem } from "../../lib/errors.ts";
import { formatPath } from "./shape.ts";

export interface YamlFile {
  /** Maps, lists and scalars of the file; undefined when its syntax is broken. */
  value: unknown;
  /** Syntax errors, or keys that are given twice. */
  problems: Problem[];
  /** The line, from 1, on which the innermost known part of a path (`links.wan-a.loss`) begins. */
  lineOf(path: string): number | undefined;
}

export function parseYaml(text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false });
  const lines = new Map<string, number>();
  const problems = document.errors.map(({ message, pos: [offset] }) => {
    const { line, col } = counter.linePos(offset);
    return { code: "E_YAML_SYNTAX", path: `column ${col}`, message, allowed: "", line };
  });
  if (problems.length > 0) return { value: undefined, problems, lineOf: () => undefined };
  const repeated = walk(document.contents, [], (path, offset) => {
    const key = formatPath(path);
    const first = lines.get(key);
    const { line } = counter.linePos(offset);
    if (first === undefined) lines.set(key, line);
    return first === undefined
      ? []
      : [{ code: "E_DUPLICATE_KEY", path: key, message: `is given twice, first on line ${first}`, allowed: "", line }];
  });
  return {
    ...toPlain(() => document.toJS({ maxAliasCount: 100 })),
    problems: repeated,
    lineOf: (path) => nearest(path, lines),
  };
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
