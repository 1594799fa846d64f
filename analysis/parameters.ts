// Inputs of models that a study measures itself, such as the time of its server for a request, that
// differ between machines. Each is the mean of a quantity in cells of its own, which no model that
// takes it predicts, so that nothing is fitted to what it then explains. Before the first run, and
// where those cells have none, the value that was expected stands for it.

import type { CellSummary } from "./cells.ts";
import { predictCells } from "./models/predict.ts";
import { isSelected, type Manifest, type Prediction } from "./results.ts";
import type { Estimate } from "./stats/estimate.ts";

type Parameter = NonNullable<Manifest["parameters"]>[number];

/** A prediction that changes by more within a parameter's interval says nothing of the model. */
const UNCERTAIN_RATIO = 0.2;
const TOO_UNCERTAIN =
  "a measured parameter is too uncertain here: within its interval the prediction changes by more than a fifth";

export interface MeasuredParameter {
  parameter: Parameter;
  unit: string;
  /** Of each of its cells that has runs. */
  means: readonly Estimate[];
}

export function measuredParameters(
  { parameters = [], quantities }: Manifest,
  summaries: readonly CellSummary[],
): MeasuredParameter[] {
  return parameters.map((parameter) => {
    const means = summaries
      .filter(({ cell }) => isSelected(cell.levels, parameter.where))
      .flatMap((summary) => summary.quantities.get(parameter.quantity)?.mean ?? [])
      .filter(({ value }) => !Number.isNaN(value));
    return { parameter, unit: quantities.find(({ name }) => name === parameter.quantity)?.unit ?? "", means };
  });
}

/** The manifest with the predictions that its measured parameters make. */
export function withParameters(manifest: Manifest, summaries: readonly CellSummary[]): Manifest {
  const { bindings = [], cells, predictions } = manifest;
  if (bindings.length === 0) return manifest;
  const measured = measuredParameters(manifest, summaries);
  const usual = Object.fromEntries(measured.map((one) => [one.parameter.name, taken(one, ({ value }) => value)]));
  const bounds = measured.flatMap((one) => [
    { [one.parameter.name]: taken(one, ({ value, lower }) => lower ?? value) },
    { [one.parameter.name]: taken(one, ({ value, upper }) => upper ?? value) },
  ]);
  const levelsOf = new Map(cells.map(({ id, levels }) => [id, levels]));
  const anew = bindings.flatMap(({ cell, ...binding }) => {
    const predict = (values: Readonly<Record<string, number>>) => {
      const levels = { ...levelsOf.get(cell), ...usual, ...values };
      return predictCells(binding, [{ id: cell, levels }], "bindings").predictions[0];
    };
    const prediction = predict({});
    if (prediction === undefined) return [];
    const isFar = (other: Prediction | undefined) =>
      other === undefined || Math.abs(other.value / prediction.value - 1) > UNCERTAIN_RATIO;
    const assumption = bounds.some((bound) => isFar(predict(bound))) ? [TOO_UNCERTAIN] : [];
    return [{ ...prediction, brokenAssumptions: [...prediction.brokenAssumptions, ...assumption] }];
  });
  const isBound = (one: { cell: string; model: string; quantity: string }) =>
    bindings.some(({ cell, model, quantity }) => one.cell === cell && one.model === model && one.quantity === quantity);
  return { ...manifest, predictions: [...predictions.filter((one) => !isBound(one)), ...anew] };
}

/** A value of the mean of its cells' means; if there is none, what was expected. */
function taken({ parameter, means }: MeasuredParameter, of: (mean: Estimate) => number): number {
  return means.length === 0 ? parameter.expected : means.reduce((sum, mean) => sum + of(mean), 0) / means.length;
}
