// The whole analysis of a study, finished or not: from its runs to everything that a report says.
// The same input gives the same output.

import { type CellSummary, summarizeCells } from "./cells.ts";
import { type Effect, studyEffects } from "./effects.ts";
import { type ModelError, modelErrors } from "./model-error.ts";
import { withParameters } from "./parameters.ts";
import type { Manifest, Run } from "./results.ts";

export interface Analysis {
  /** Its predictions are those of the measured parameters. */
  manifest: Manifest;
  cells: readonly CellSummary[];
  effects: readonly Effect[];
  modelErrors: readonly ModelError[];
  /** Runs that count. */
  counted: number;
  voids: readonly Run[];
}

export function analyse(written: Manifest, runs: Iterable<Run>): Analysis {
  const cells = summarizeCells(written, runs);
  const manifest = withParameters(written, cells);
  return {
    manifest,
    cells,
    effects: studyEffects(manifest, cells),
    modelErrors: modelErrors(manifest, cells),
    counted: cells.reduce((sum, cell) => sum + cell.runs.length, 0),
    voids: cells.flatMap((cell) => cell.voids).sort((one, other) => one.index - other.index),
  };
}
