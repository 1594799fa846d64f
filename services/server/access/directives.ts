// The lines of an Apache configuration file: directives and sections, with quoting, continuation and comments.

export interface Directive {
  line: number;
  /** In lower case; of a section without its brackets. */
  name: string;
  arguments: string[];
  /** What stands inside a section; null for a directive. */
  inside: Directive[] | null;
}

/** What is wrong with a file, and where. */
export interface SyntaxProblem {
  line: number;
  problem: string;
}

/** The directives of a text, or the first thing that is wrong. */
export function readDirectives(text: string): Directive[] | SyntaxProblem {
  const top: Directive = { line: 0, name: "", arguments: [], inside: [] };
  const open = [top];
  for (const [line, content] of logicalLines(text)) {
    const current = open.at(-1) as Directive;
    if (content.startsWith("</")) {
      const name = /^<\/([^>\s]+)\s*>$/.exec(content)?.[1]?.toLowerCase();
      if (open.length === 1 || name !== current.name) return { line, problem: `${content} closes nothing` };
      open.pop();
      continue;
    }
    const isSection = content.startsWith("<");
    if (isSection && !content.endsWith(">")) return { line, problem: `${content} lacks its >` };
    const [name = "", ...rest] = splitWords(isSection ? content.slice(1, -1) : content);
    const directive = { line, name: name.toLowerCase(), arguments: rest, inside: isSection ? [] : null };
    current.inside?.push(directive);
    if (isSection) open.push(directive);
  }
  const unclosed = open.at(-1) as Directive;
  return open.length === 1
    ? (top.inside as Directive[])
    : { line: unclosed.line, problem: `<${unclosed.name}> is not closed` };
}

/** Lines without blank ones and comments, those that a backslash continues joined, each with its number. */
function* logicalLines(text: string): Generator<[line: number, content: string]> {
  let pending = "";
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (raw.endsWith("\\")) {
      pending += raw.slice(0, -1);
      continue;
    }
    const content = (pending + raw).trim();
    pending = "";
    if (content !== "" && !content.startsWith("#")) yield [index + 1, content];
  }
  if (pending.trim() !== "") yield [text.split("\n").length, pending.trim()];
}

/** Words, where quotes of either kind keep blanks and a backslash keeps a quote; one that is not closed goes to the end of the line. */
function splitWords(text: string): string[] {
  const words = text.matchAll(/"((?:[^"\\]|\\.)*)(?:"|$)|'((?:[^'\\]|\\.)*)(?:'|$)|\S+/g);
  return Array.from(words, ([word, double, single]) => (double ?? single)?.replace(/\\(["'\\])/g, "$1") ?? word);
}
