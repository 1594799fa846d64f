// Reads cases from Markdown, in the format of README.md beside this file.

export interface Case {
  title: string;
  /** `file:line` of the expectation. */
  place: string;
  input: Buffer;
  /** Whether the client closes its half after the input. */
  inputEnds: boolean;
  kind: "events" | "answers";
  expected: string[];
}

interface Fence {
  language: string;
  line: number;
  lines: string[];
}

interface Section {
  title: string;
  line: number;
  fences: Fence[];
  rows: { line: number; cells: Map<string, string> }[];
}

const END_OF_INPUT = "end of input";

/** All cases of a file, whose name in messages is `path`. Throws on an incomplete case. */
export function readCases(path: string, markdown: string, substitutes: ReadonlyMap<string, string>): Case[] {
  return readSections(markdown).flatMap((section) => casesOf(section, path, substitutes));
}

function casesOf(section: Section, path: string, substitutes: ReadonlyMap<string, string>): Case[] {
  if (section.fences.length === 0) return [];
  const input = section.fences.find(({ language }) => language === "http");
  const output = section.fences.find(({ language }) => language === "events" || language === "answers");
  const kind = output?.language as Case["kind"];
  if (input === undefined || output === undefined)
    throw new Error(`${path}:${section.line}: needs octets in and a fence out`);
  const make = (title: string, line: number, cells: ReadonlyMap<string, string>, expected: string[]): Case => {
    const values = new Map([...substitutes, ...cells]);
    const inputEnds = input.lines.at(-1) === END_OF_INPUT;
    const lines = (inputEnds ? input.lines.slice(0, -1) : input.lines).map((text) => substitute(text, values));
    const wanted = expected.map((text) => substitute(text, values));
    return { title, place: `${path}:${line}`, input: toOctets(lines), inputEnds, kind, expected: wanted };
  };
  if (section.rows.length === 0) return [make(section.title, output.line, new Map(), output.lines)];
  return section.rows.map(({ line, cells }) => {
    const [first = ""] = cells.values();
    const expected = (cells.get("out") ?? "").split("·").map((text) => text.trim());
    return make(`${section.title}: ${first.slice(0, 60)}`, line, cells, [...output.lines, ...expected]);
  });
}

function readSections(markdown: string): Section[] {
  const sections: Section[] = [];
  let fence: Fence | null = null;
  let columns: string[] | null = null;
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    const section = sections.at(-1);
    if (fence !== null) {
      if (text === "```") fence = null;
      else fence.lines.push(text);
    } else if (text.startsWith("## ")) {
      sections.push({ title: text.slice(3), line, fences: [], rows: [] });
      columns = null;
    } else if (text.startsWith("```")) {
      fence = { language: text.slice(3), line, lines: [] };
      section?.fences.push(fence);
    } else if (text.startsWith("|")) {
      const cells = cellsOf(text);
      if (columns === null) columns = cells;
      else if (!text.startsWith("|---"))
        section?.rows.push({ line, cells: new Map(columns.map((column, at) => [column, cells[at] ?? ""])) });
    }
  }
  return sections;
}

/** The cells of a table row; a cell in backticks keeps its blanks, and `\|` is a bar. */
function cellsOf(row: string): string[] {
  const cells = row.replaceAll("\\|", "\u0001").split("|").slice(1, -1);
  return cells.map((cell) => {
    const trimmed = cell.trim().replaceAll("\u0001", "|");
    return /^`.*`$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  });
}

/** Substitutes values for names and runs for `<<octets*count>>`, also inside values. */
function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/<<([^<>*]+)(?:\*(\d+))?>>/g, (whole, name: string, count?: string) => {
    if (count !== undefined) return name.repeat(Number(count));
    const value = values.get(name);
    if (value === undefined) throw new Error(`nothing is named ${whole}`);
    return substitute(value, values);
  });
}

function toOctets(lines: string[]): Buffer {
  const text = lines.map((line) =>
    line.endsWith("\\") && !line.endsWith("\\\\") ? line.slice(0, -1) : `${line}\\r\\n`,
  );
  return Buffer.from(unescapeOctets(text.join("")), "latin1");
}

/** Decodes `\n`, `\r`, `\t`, `\0`, `\xHH` and `\\`. */
export function unescapeOctets(text: string): string {
  const single: Record<string, string> = { n: "\n", r: "\r", t: "\t", "0": "\0", "\\": "\\" };
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([nrt0\\]))/g, (_, hex?: string, letter?: string) =>
    hex === undefined ? (single[letter as string] as string) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
