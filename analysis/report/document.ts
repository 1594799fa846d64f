// A report as plain data, from which both HTML and Markdown are written, so that they cannot
// differ.

import type { Finding } from "../conclude/conclude.ts";
import type { Plot } from "../plots/plots.ts";
import type { Environment } from "../results.ts";

export interface Table {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** From this column on, cells are numbers and aligned to the right. */
  numbersFrom: number;
  /** Printed below: abbreviations, omitted rows. */
  notes: readonly string[];
}

export type Block =
  | { kind: "heading"; text: string }
  | { kind: "subheading"; text: string }
  | { kind: "paragraph"; text: string }
  /** Something to be careful about. */
  | { kind: "warning"; text: string }
  | { kind: "list"; items: readonly string[] }
  | { kind: "table"; table: Table }
  | { kind: "figure"; plot: Plot }
  | { kind: "topology"; topology: Environment["topology"] }
  | { kind: "finding"; finding: Finding }
  | { kind: "code"; text: string };

/**
 * Whether all runs are there: a page reloads itself while more come, and says when some never came.
 */
export type ReportState = "running" | "stopped" | "whole";

export interface ReportDocument {
  title: string;
  state: ReportState;
  blocks: readonly Block[];
}

/** Most rows of a table. The exported runs have the rest. */
const MOST_ROWS = 300;

export function tableOf(table: Omit<Table, "notes"> & { notes?: readonly string[] }): Block {
  const { rows, notes = [] } = table;
  const leftOut = rows.length - MOST_ROWS;
  if (leftOut <= 0) return { kind: "table", table: { ...table, notes } };
  const note = `The first ${MOST_ROWS} of ${rows.length} rows; all are in the study's exported runs.`;
  return { kind: "table", table: { ...table, rows: rows.slice(0, MOST_ROWS), notes: [...notes, note] } };
}
