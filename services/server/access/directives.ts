// The lines of an Apache configuration file: directives and sections, with quoting, continuation
// and comments.

export interface Directive {
  line: number;
  /** In lower case; a section's name has no brackets. */
  name: string;
  arguments: string[];
  /** Content of a section; null for a directive. */
  inside: Directive[] | null;
  /**
   * For a section: whether its first line has a `>`, and whether it is closed. Apache does not
   * require either everywhere.
   */
  complete: boolean;
  closed: boolean;
}

/** A fault of a file, and its line. */
export interface SyntaxProblem {
  line: number;
  problem: string;
}

/** The directives of a text, or its first fault. */
export function readDirectives(text: string): Directive[] | SyntaxProblem {
  const top = directive(0, "", true);
  const open = [top];
  for (const [line, content] of logicalLines(text)) {
    const current = open.at(-1) as Directive;
    if (content.startsWith("</")) {
      const name = /^<\/([^>\s]+)>$/.exec(content)?.[1]?.toLowerCase();
      if (open.length === 1 || name !== current.name) return { line, problem: `${content} closes nothing` };
      current.closed = true;
      open.pop();
      continue;
    }
    const made = directive(line, content, content.startsWith("<"));
    current.inside?.push(made);
    if (made.inside !== null) open.push(made);
  }
  return top.inside as Directive[];
}

/** A section's line ends with its last `>`; the rest is ignored. */
function directive(line: number, content: string, isSection: boolean): Directive {
  const end = content.lastIndexOf(">");
  const [name = "", ...rest] = isSection
    ? /^<\s/.test(content)
      ? []
      : splitWords(content.slice(1, end === -1 ? undefined : end))
    : splitWords(content);
  const inside = isSection ? [] : null;
  return { line, name: name.toLowerCase(), arguments: rest, inside, complete: end !== -1, closed: false };
}

/**
 * Lines without blanks and comments, with their numbers. A backslash joins a line with the next.
 */
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
  // A backslash at the end of the file stands for itself.
  if (pending.trim() !== "") yield [text.split("\n").length, `${pending.trim()}\\`];
}

const WORD = /"((?:\\["\\]|[^"])*)(?:"|$)|'((?:\\['\\]|[^'])*)(?:'|$)|\S+/g;

/**
 * Splits into words; quotes keep blanks. A doubled backslash means one, and a backslash before the
 * quote keeps it. The end of the line may close a quote.
 */
function splitWords(text: string): string[] {
  return Array.from(text.matchAll(WORD), ([word, double, single]) => {
    if (double !== undefined) return double.replace(/\\(["\\])/g, "$1");
    if (single !== undefined) return single.replace(/\\(['\\])/g, "$1");
    return word.replaceAll("\\\\", "\\");
  });
}
