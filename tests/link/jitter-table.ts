// A jitter table of the numbers in a text, as a file would give it.

import assert from "node:assert/strict";
import { type JitterTable, readTable } from "../../lib/link/jitter-table.ts";

export function tableOf(text: string, file = "own.dist"): JitterTable {
  const read = readTable(file, () => text);
  return "table" in read ? read.table : assert.fail(text);
}
