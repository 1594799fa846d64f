// Folders of pure code, and what makes a file impure: input, output, time, randomness. A pure core
// is tested in virtual time and always gives the same answers; whatever it needs of the world is
// passed in.

import { posix } from "node:path";
import { importsOf, type SourceFile, withoutComments } from "./sources.ts";

const PURE_FOLDERS = [
  "services/rudp/protocol/",
  "services/server/http/",
  "topology/roles/",
  "topology/model/",
  "topology/plan/",
  "analysis/",
];

/** The allowed functions of Node's modules: their results follow from their arguments. */
const PURE_OF_NODE: Record<string, readonly string[]> = {
  /** Octets, which the parser and its answers pass on without a copy. */
  "node:buffer": ["Buffer"],
  /** A keyed hash (SYN cookies) and a hash (digests of a plan). */
  "node:crypto": ["createHmac", "hash"],
  "node:net": ["isIPv4", "isIPv6"],
  "node:util": ["isDeepStrictEqual"],
  /** Throws, and does nothing else. */
  "node:assert/strict": ["assert"],
};

const NODE_IMPORT = /^\s*(?:import|export)\s+(type\s)?([^"';]*?)\s+from\s+["'](node:[^"']+)["']/gm;

/** A date from an argument is arithmetic; one without an argument is a clock. */
const IMPURE = [
  /\bDate\.now\b/,
  /\bDate\(\)/,
  /\bnew Date\b(?!\()/,
  /\bperformance\./,
  /\bMath\.random\b/,
  /\bprocess\.|\b(?:env|argv|hrtime|stdout)\b[^}]*\}\s*=\s*process\b/,
  /\bset(?:Timeout|Interval|Immediate)\(/,
  /\bcrypto\.(?:getRandomValues|randomUUID)\b/,
  /\bconsole\./,
  /\bfetch\(/,
  /\bimport\.meta\b/,
];

/**
 * Each impurity in a pure folder, or in a file of ours that a pure one imports, as `path: what`.
 */
export function impurities(files: readonly SourceFile[]): string[] {
  return reachedByPure(files).flatMap((file) => [...nodeImports(file), ...ambientUses(file)]);
}

function isPure(path: string): boolean {
  return PURE_FOLDERS.some((folder) => path.startsWith(folder)) && !/\.test\.ts$|\/cases\//.test(path);
}

function reachedByPure(files: readonly SourceFile[]): SourceFile[] {
  const byPath = new Map(files.map((file) => [posix.normalize(file.path), file]));
  const reached = new Set(files.filter(({ path }) => isPure(path)));
  for (const file of reached) {
    for (const target of importsOf(file)) {
      const imported = byPath.get(target);
      if (imported !== undefined) reached.add(imported);
    }
  }
  return [...reached];
}

function nodeImports({ path, text }: SourceFile): string[] {
  const wrong = [...text.matchAll(NODE_IMPORT)]
    .filter(([, isType]) => isType === undefined)
    .flatMap(([, , names = "", module = ""]) => importedNames(names).map((name) => ({ module, name })))
    .filter(({ module, name }) => !PURE_OF_NODE[module]?.includes(name));
  const bare = [...text.matchAll(/(?:^\s*import\s+|import\(\s*)["'](node:[^"']+)["']/gm)].map(([, module]) => module);
  return [...wrong.map(({ module, name }) => `${name} of ${module}`), ...bare].map((what) => `${path}: ${what}`);
}

/** `{ a, type B, c as d }` are a and c; a default import is its own name. */
function importedNames(clause: string): string[] {
  return clause
    .replace(/[{}]/g, ",")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "))
    .map((name) => name.split(/\s+as\s+/)[0] as string);
}

function ambientUses({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  return IMPURE.flatMap((use) => {
    const found = use.exec(code);
    return found === null ? [] : [`${path}: ${found[0]}`];
  });
}
