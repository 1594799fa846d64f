// Turns a factor's levels in the file (100ms, 1MiB, 1%) into values for the analysis: numbers in
// one unit for the whole factor if every level is a quantity of one dimension, and the words
// themselves if not. A range is its levels in the file's own unit.

import type { Level } from "../../analysis/results.ts";
import { type Dimension, parseQuantity } from "../../lib/units.ts";
import type { Range } from "./schema.ts";

/** The unit in which a dimension's base number is written down. */
const UNITS: Readonly<Record<Dimension, string>> = {
  millis: "ms",
  bitsPerSecond: "bit/s",
  bytes: "bytes",
  ratio: "ratio",
};

export interface ReadLevels {
  unit: string;
  /** The level by the text of the file. */
  byText: ReadonlyMap<string, Level>;
}

export function readLevels(texts: readonly string[]): ReadLevels {
  for (const dimension of Object.keys(UNITS) as Dimension[]) {
    const values = texts.map((text) => parseQuantity(text, dimension));
    if (values.every((value) => value !== undefined)) return readAs(texts, values, UNITS[dimension]);
  }
  const numbers = texts.map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN));
  if (numbers.every((value) => !Number.isNaN(value))) return readAs(texts, numbers, "");
  return readAs(texts, texts, "");
}

/** More levels are more often a mistake than a wish. */
const MOST_LEVELS = 100;
export const RANGE_RULE = `numbers of one unit, up to ${MOST_LEVELS} of them: from: 10ms, to: 160ms, by: x2, or by: 10ms`;

/** The levels of a range in the unit of the file; null if it is none. */
export function rangeLevels({ from, to, by }: Range): string[] | null {
  const [first, last] = [amountOf(from), amountOf(to)];
  const [, multiple] = /^x(\d+(?:\.\d+)?)$/.exec(String(by)) ?? [];
  const step = multiple === undefined ? amountOf(by) : { value: Number(multiple), unit: first?.unit };
  if (first === null || last === null || step === null) return null;
  if (last.unit !== first.unit || step.unit !== first.unit) return null;
  const levels: string[] = [];
  for (let at = 0; at <= MOST_LEVELS; at += 1) {
    const exact = multiple === undefined ? first.value + at * step.value : first.value * step.value ** at;
    const value = Number(exact.toPrecision(12));
    if (value > last.value) return levels.length === 0 ? null : levels;
    levels.push(`${value}${first.unit}`);
  }
  return null;
}

function amountOf(text: string | number): { value: number; unit: string } | null {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/.exec(String(text)) ?? [];
  return digits === undefined ? null : { value: Number(digits), unit };
}

function readAs(texts: readonly string[], levels: readonly Level[], unit: string): ReadLevels {
  return { unit, byText: new Map(texts.map((text, index) => [text, levels[index] as Level])) };
}
