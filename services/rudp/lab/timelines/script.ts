// Reads timelines from Markdown: a heading, prose, and a fenced block `timeline` with one event per
// line. README.md describes the language.

/** One line of a timeline: a time, a verb, its words, and its line number in the file. */
export interface Line {
  atMillis: number;
  verb: string;
  words: string[];
  text: string;
  line: number;
}

export interface Timeline {
  title: string;
  file: string;
  options: Record<string, string>;
  lines: Line[];
}

/** All timelines of a file. Throws an Error with file:line where one cannot be read. */
export function readTimelines(markdown: string, file: string): Timeline[] {
  const timelines: Timeline[] = [];
  let title = "";
  let current: Timeline | null = null;
  markdown.split("\n").forEach((text, index) => {
    const line = index + 1;
    if (text.startsWith("## ")) title = text.slice(3).trim();
    else if (text === "```timeline") {
      current = { title, file, options: {}, lines: [] };
      timelines.push(current);
    } else if (text === "```") current = null;
    else if (current !== null) readLine(current, text, line);
  });
  return timelines;
}

function readLine(timeline: Timeline, raw: string, line: number): void {
  const text = (raw.split("#")[0] as string).trim();
  if (text === "") return;
  const [time, verb, ...words] = text.split(/\s+/) as [string, string | undefined, ...string[]];
  if (time === "options") {
    for (const pair of [verb ?? "", ...words]) {
      const [key, value] = pair.split("=");
      if (key === undefined || value === undefined) throw new Error(`${timeline.file}:${line}: options are key=value`);
      timeline.options[key] = value;
    }
    return;
  }
  const before = timeline.lines.at(-1)?.atMillis ?? 0;
  const atMillis = time.startsWith("+") ? before + Number(time.slice(1)) : Number(time);
  if (!Number.isFinite(atMillis) || verb === undefined) throw new Error(`${timeline.file}:${line}: not "time verb …"`);
  if (atMillis < before) throw new Error(`${timeline.file}:${line}: time runs backwards`);
  timeline.lines.push({ atMillis, verb, words, text, line });
}

/** A segment as the words after `<` or `>` describe it; a field that they do not name is null. */
export interface SegmentWords {
  flags: string[];
  first: number;
  last: number;
  fields: Record<string, string>;
  sack: [number, number][];
}

const FLAG = /^(SYN|ACK|FIN|RST|PING|ECHO)$/;
const FIELD = /^(ack|win|len|echo|from|wireseq|wireack|id|cookie|ts)$/;

/** Parses `ACK FIN 3..5 ack 1 len 1000 sack 7-9 11-12`. Throws on an unknown word. */
export function readSegmentWords(words: readonly string[]): SegmentWords {
  const result: SegmentWords = { flags: [], first: 0, last: 0, fields: {}, sack: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const range = /^(\d+)(?:\.\.(\d+))?$/.exec(word);
    const block = /^(\d+)-(\d+)$/.exec(word);
    if (FLAG.test(word)) result.flags.push(word);
    else if (range !== null) {
      result.first = Number(range[1]);
      result.last = Number(range[2] ?? range[1]);
    } else if (block !== null) result.sack.push([Number(block[1]), Number(block[2])]);
    else if (word === "sack" || word === "damaged") result.fields[word] = word;
    else if (FIELD.test(word)) result.fields[word] = words[++i] ?? "";
    else throw new Error(`unknown word ${word}`);
  }
  return result;
}
