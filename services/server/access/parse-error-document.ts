// ErrorDocument: the status it applies to and its replacement.

import { Broken } from "./broken.ts";
import type { ErrorDocument } from "./rules.ts";

/** The statuses that Apache knows. */
const STATUSES = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 417],
  [421, 424],
  [426, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
] as const;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/**
 * A text with a blank is literal. Otherwise a leading slash makes it a path here, and a scheme
 * makes it a URL elsewhere.
 */
export function errorDocument(words: string[]): [status: number, document: ErrorDocument] {
  const [code = "", text = ""] = words;
  if (words.length !== 2 || text === "") throw new Broken("ErrorDocument takes a status and one text, path or URL");
  const status = Number.parseInt(code, 10);
  if (!STATUSES.some(([first, last]) => first <= status && status <= last))
    throw new Broken(`${code} is no status that is known`);
  if (text.toLowerCase() === "default") return [status, { kind: "default" }];
  if (/%\{|\$\d|\\[0-7]/.test(text)) throw new Broken("expressions in ErrorDocument are not known here");
  const content = text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
  if (text.includes(" ")) return [status, { kind: "text", text: content }];
  if (text.startsWith("/")) return [status, { kind: "path", target: content }];
  const isUrl = /^[A-Za-z0-9+.-]+:/.test(text);
  if (isUrl && !/^[!-~]*$/.test(content)) throw new Broken(`${text} cannot stand in a field`);
  return [status, isUrl ? { kind: "url", url: content } : { kind: "text", text: content }];
}
