// The imports of a source, read from its text: static imports, re-exports, import("…") and
// require("…") of a literal, and new URL("…", import.meta.url), by which a program names a worker,
// a process or another file that it needs. No other form is used here.

import { posix } from "node:path";

export interface Import {
  /** A path from the root for our own files, the bare specifier for packages. */
  target: string;
  /** `type`: it is gone when the program runs. `url`: it is a program or data of its own. */
  kind: "value" | "type" | "url";
}

const STATIC = /^\s*(?:import|export)\s+(?<type>type\s)?(?:[^"';]*?\sfrom\s+)?["'](?<from>[^"']+)["']/gm;
const LATER = /\b(?:import|require)\(\s*["'](?<from>[^"']+)["']\s*\)/g;
const URL_OF = /\bnew URL\(\s*["'](?<from>\.[^"']+)["'],\s*import\.meta\.url\)/g;

/** `path`: the source's own path from the root, with slashes. */
export function importsIn(path: string, text: string): Import[] {
  const found = (pattern: RegExp, kind: Import["kind"]) =>
    [...text.matchAll(pattern)].map(({ groups = {} }): Import => {
      const { from = "", type } = groups;
      const target = from.startsWith(".") ? posix.join(posix.dirname(path), from) : from;
      return { target, kind: type === undefined ? kind : "type" };
    });
  return [...found(STATIC, "value"), ...found(LATER, "value"), ...found(URL_OF, "url")];
}
