// A model beside the measurements: for each cell (predicted - measured) / measured, with an
// interval. The measured mean and the parameters that the study measured for the prediction are
// both uncertain, and of different runs. A prediction whose error exceeds chance is off, in its
// domain or outside it.

import type { CellSummary } from "./cells.ts";
import { measuredParameters, predictionReach } from "./parameters.ts";
import type { Cell, Manifest, Prediction } from "./results.ts";
import { CONFIDENCE, type Estimate, mapEstimate } from "./stats/estimate.ts";
import { meanWithInterval } from "./stats/mean-interval.ts";
import { inQuadrature, inverse, reaching, reachOf } from "./stats/quadrature.ts";

export interface ModelError {
  cell: Cell;
  prediction: Prediction;
  /** The prediction with what its parameters leave open: no width without any. */
  predicted: Estimate;
  measured: Estimate;
  /** 0.1: the model says 10 % more than was measured. */
  relativeError: Estimate;
  isInDomain: boolean;
}

/** In the order of the predictions, for measured cells; means are of times and rates. */
export function modelErrors(
  manifest: Manifest,
  summaries: readonly CellSummary[],
  confidence: number = CONFIDENCE,
): ModelError[] {
  const byId = new Map(summaries.map((summary) => [summary.cell.id, summary]));
  const parameters = measuredParameters(manifest, summaries, confidence);
  return manifest.predictions.flatMap((prediction) => {
    const summary = byId.get(prediction.cell);
    const { values = [] } = summary?.quantities.get(prediction.quantity) ?? {};
    if (summary === undefined || values.length === 0) return [];
    const measured = meanWithInterval(values, confidence);
    const [reach, ofMeasured] = [predictionReach(prediction, manifest, parameters), reachOf(measured)];
    const both = reach === null || ofMeasured === null ? null : inQuadrature([reach, inverse(ofMeasured)]);
    return [
      {
        cell: summary.cell,
        prediction,
        predicted: reaching(prediction.value, reach),
        measured,
        relativeError: mapEstimate(reaching(prediction.value / measured.value, both), (ratio) => ratio - 1),
        isInDomain: prediction.brokenAssumptions.length === 0,
      },
    ];
  });
}
