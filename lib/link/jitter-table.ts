// A distribution of jitter from a file, in the format of those that come with tc: whole numbers,
// each a deviation from the delay in 8192ths of the jitter, of which netem takes one for each
// packet, all equally likely. Lines that begin with # are comments. Settings hold the numbers
// themselves, so that a link, its calibration and a result need no file. Source: get_distribution()
// of q_netem.c (iproute2 6.15); get_dist_table() of sch_netem.c.

import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { CONTROL_FOLDER } from "../contract/places.ts";
import type { Problem } from "../errors.ts";

export interface JitterTable {
  /** The name of its file, for people: it ends with `.dist`. */
  name: string;
  /** Its numbers in rising order, 16 bits each, the low byte first, as base64. */
  deviations: string;
}

/** Resolves a file's name to its text; throws an error that says why it cannot. */
export type ReadFile = (file: string) => string;

/** For words that stand in no file and in no folder. */
export function readNone(): never {
  throw new Error("only a scenario's file and `topology set` name files");
}

/** The numbers are in such parts of the jitter (NETEM_DIST_SCALE). */
export const PARTS = 8192;
const LEAST = -(2 ** 15);
const MOST = 2 ** 15 - 1;
/**
 * The kernel takes 16,384 (NETEM_DIST_MAX), but tc's message has room for no more than that many
 * with all other options among them.
 */
const MOST_NUMBERS = 16_000;

const ALLOWED = `whole numbers from ${LEAST} to ${MOST}, in ${PARTS}ths of the jitter, 2 to ${MOST_NUMBERS} of them, not all the same`;

/** Whether a word names a file. */
export function isTableFile(word: string): boolean {
  return word.endsWith(".dist");
}

/** The table in a file, or every problem of it. */
export function readTable(
  file: string,
  readFile: ReadFile,
): { table: JitterTable } | { problems: Omit<Problem, "path">[] } {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    return { problems: [problemOf(`${file} cannot be read: ${(error as Error).message}`, "the file of a table")] };
  }
  const { numbers, wrong } = readNumbers(text);
  const problems = [
    ...wrong.map(({ line, word }) =>
      problemOf(`${file}, line ${line}: "${shortened(word)}" is no such number`, ALLOWED),
    ),
    ...sizeProblems(file, numbers),
  ];
  return problems.length > 0 ? { problems } : { table: { name: nameOf(file), deviations: encode(numbers) } };
}

/** The deviations in units of the jitter, in rising order. */
export function deviationsOf({ deviations }: JitterTable): number[] {
  const bytes = Buffer.from(deviations, "base64");
  return Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16LE(2 * at) / PARTS);
}

/** Whether it is one that `readTable` makes. */
export function isTable({ name, deviations }: JitterTable): boolean {
  const bytes = Buffer.from(deviations, "base64");
  if (!NAME.test(name) || bytes.length % 2 !== 0) return false;
  const numbers = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16LE(2 * at));
  return sizeProblems(name, numbers).length === 0 && encode(numbers) === deviations;
}

/** Where a link's agent puts the table for tc, as long as tc needs it. */
export function tablePath(table: JitterTable): string {
  return `${CONTROL_FOLDER}/${hash("sha256", table.deviations).slice(0, 12)}.dist`;
}

/** The text of that file. */
export function tableText(table: JitterTable): string {
  return `${deviationsOf(table)
    .map((deviation) => deviation * PARTS)
    .join("\n")}\n`;
}

/**
 * The name by which tc finds it there: tc looks below a folder of its own, which is not so deep,
 * and adds `.dist`.
 */
export function tableWord(table: JitterTable): string {
  return `../../../../../..${tablePath(table).replace(/\.dist$/, "")}`;
}

const NAME = /^[\w.-]{1,80}\.dist$/;

/** The file's own name, as far as it may stand beside other words. */
function nameOf(file: string): string {
  const own = file.replace(/\.dist$/, "").replace(/^.*[/\\]/, "");
  return `${own.replace(/[^\w.-]/g, "-").slice(0, 80) || "table"}.dist`;
}

interface Wrong {
  line: number;
  word: string;
}

/** tc would read octal and hexadecimal numbers too, and pass over a line's rest after a word. */
const NUMBER = /^[+-]?(0|[1-9]\d{0,5})$/;

function readNumbers(text: string): { numbers: number[]; wrong: Wrong[] } {
  const numbers: number[] = [];
  const wrong: Wrong[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.startsWith("#")) continue;
    for (const word of line.split(/\s+/).filter((each) => each !== "")) {
      const number = NUMBER.test(word) ? Number(word) : Number.NaN;
      if (number >= LEAST && number <= MOST) numbers.push(number);
      else wrong.push({ line: at + 1, word });
    }
  }
  return { numbers, wrong };
}

function sizeProblems(file: string, numbers: readonly number[]): Omit<Problem, "path">[] {
  if (numbers.length > MOST_NUMBERS) return [problemOf(`${file} has ${numbers.length} numbers`, ALLOWED)];
  if (numbers.some((number) => number !== numbers[0])) return [];
  return [problemOf(`${file} has no two numbers that differ`, ALLOWED)];
}

function encode(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(2 * numbers.length);
  for (const [at, number] of numbers.toSorted((first, second) => first - second).entries()) {
    bytes.writeInt16LE(number, 2 * at);
  }
  return bytes.toString("base64");
}

function problemOf(message: string, allowed: string): Omit<Problem, "path"> {
  return { code: "E_BAD_TABLE", message, allowed };
}

/** A file of another kind may be one long word. */
function shortened(word: string): string {
  return word.length > 30 ? `${word.slice(0, 27)}...` : word;
}
