// A run with its traces around it. Traces begin before the testbed is read and end after it was
// read again, so that the cost of beginning and ending is outside of what is judged.

import { isSelected } from "../../analysis/results.ts";
import type { TraceRow } from "../../analysis/traces/row.ts";
import type { Bed } from "../bed.ts";
import type { Study, TraceUse } from "../file/study.ts";
import type { NextRun } from "../next-run.ts";
import { traceRows } from "./rows.ts";

/** The traces that are written beside a run. */
export interface Traced {
  rows: readonly TraceRow[];
  captures: readonly { name: string; file: Buffer }[];
}

/** The study's traces in this run, or null. */
export function tracesIn({ traces }: Pick<Study, "traces">, { cell, block }: NextRun): TraceUse | null {
  const isWanted = traces !== null && block < traces.repetitions && isSelected(cell.levels, traces.where);
  return isWanted ? traces : null;
}

interface Steps<Look, Measured> {
  lookBefore(): Promise<Look>;
  measure(): Promise<Measured>;
  lookAfter(): Promise<Look>;
}

/** Looks, measures and looks again. */
export async function whileTraced<Look, Measured>(
  bed: Pick<Bed, "trace">,
  use: TraceUse | null,
  { index, cell }: { index: number; cell: string },
  { lookBefore, measure, lookAfter }: Steps<Look, Measured>,
): Promise<{ before: Look; measured: Measured; after: Look; traced: Traced | null }> {
  const end = use === null ? null : await bed.trace(use);
  try {
    const before = await lookBefore();
    const beganMillis = Date.now();
    const measured = await measure();
    const endedMillis = Date.now();
    const after = await lookAfter();
    if (use === null || end === null) return { before, measured, after, traced: null };
    const { everyMillis, packets } = use.bounds;
    const reading = await end();
    const rows = traceRows(reading, { run: index, cell, everyMillis, packets, beganMillis, endedMillis });
    return { before, measured, after, traced: { rows, captures: reading.captures } };
  } finally {
    await end?.().catch(() => {}); // an earlier failure has the reason
  }
}
