// The distribution of jitter. `jitter` is netem's parameter: the standard deviation of a normal
// distribution, half of the width of a uniform one (jitter-shapes.ts), the unit of a table from a
// file (jitter-table.ts). A word names the file; before it is parsed, it gets the file's content
// behind its name. Source: tc-netem(8).

import type { Problem } from "../../errors.ts";
import type { DirectionField } from "../field.ts";
import { DISTRIBUTIONS, type Distribution } from "../jitter-shapes.ts";
import { isTable, isTableFile, type ReadFile, readTable } from "../jitter-table.ts";

export const distribution: DirectionField<Distribution> = {
  key: "distribution",
  range: `of jitter: ${DISTRIBUTIONS.join(", ")}, or the file of a table, such as wifi.dist`,
  pattern: `^(${DISTRIBUTIONS.join("|")})$|\\.dist(:.*)?$`,
  none: "normal",
  parse(text) {
    const word = text.trim();
    const [, name, deviations] = /^(.+\.dist):([A-Za-z0-9+/]+=*)$/.exec(word) ?? [];
    if (name === undefined || deviations === undefined) return DISTRIBUTIONS.find((known) => known === word);
    return isTable({ name, deviations }) ? { name, deviations } : undefined;
  },
  format: (value) => (typeof value === "string" ? value : `${value.name}:${value.deviations}`),
  describe,
  conflict(value, { delayMillis, jitterMillis }) {
    if (jitterMillis === 0 && value !== "normal") {
      const message = `distribution ${describe(value)} is given without jitter`;
      return { message, allowed: "a distribution beside jitter" };
    }
    if (typeof value === "string" || delayMillis > 0 || jitterMillis === 0) return undefined;
    const message = `distribution ${describe(value)} is given without a delay, which tc refuses`;
    return { message, allowed: "a delay above 0" };
  },
};

function describe(value: Distribution): string {
  return typeof value === "string" ? value : value.name;
}

/** A word with the content of the file that it names, for `parse`; or every problem of the file. */
export function withTable(word: string, readFile: ReadFile): { word: string } | { problems: Omit<Problem, "path">[] } {
  if (!isTableFile(word.trim())) return { word };
  const read = readTable(word.trim(), readFile);
  return "problems" in read ? read : { word: distribution.format(read.table) };
}
