// Turns a factor's levels in the file (100ms, 1MiB, 1%) into values for the analysis: numbers in
// one unit for the whole factor if every level is a quantity of one dimension, and the words
// themselves if not.

import type { Level } from "../../analysis/results.ts";
import { type Dimension, parseQuantity } from "../../lib/units.ts";

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

function readAs(texts: readonly string[], levels: readonly Level[], unit: string): ReadLevels {
  return { unit, byText: new Map(texts.map((text, index) => [text, levels[index] as Level])) };
}
