// A model beside the measurements: for each cell (predicted - measured) / measured, with the
// interval of the measured mean. A prediction whose error exceeds chance is off, in its domain or
// outside it.

import type { CellSummary } from "./cells.ts";
import type { Cell, Manifest, Prediction } from "./results.ts";
import { type Estimate, mapEstimate } from "./stats/estimate.ts";

export interface ModelError {
  cell: Cell;
  prediction: Prediction;
  measured: Estimate;
  /** 0.1: the model says 10 % more than was measured. */
  relativeError: Estimate;
  isInDomain: boolean;
}

/** In the order of the predictions, for measured cells. */
export function modelErrors(manifest: Manifest, summaries: readonly CellSummary[]): ModelError[] {
  const byId = new Map(summaries.map((summary) => [summary.cell.id, summary]));
  return manifest.predictions.flatMap((prediction) => {
    const summary = byId.get(prediction.cell);
    const measured = summary?.quantities.get(prediction.quantity)?.mean;
    if (summary === undefined || measured === undefined || Number.isNaN(measured.value)) return [];
    return [
      {
        cell: summary.cell,
        prediction,
        measured,
        relativeError: errorOf(prediction.value, measured),
        isInDomain: prediction.brokenAssumptions.length === 0,
      },
    ];
  });
}

/** A measured interval that reaches zero bounds no relative error. */
function errorOf(predicted: number, measured: Estimate): Estimate {
  const error = (value: number) => predicted / value - 1;
  if ((measured.lower ?? 0) <= 0) return { value: error(measured.value), lower: null, upper: null };
  return mapEstimate(measured, error);
}
