// Inputs of models that a study measures itself, such as the time of its server for a request: what
// a machine takes is no constant. Each is the mean of a quantity in cells of its own, which no
// model that takes it predicts, so that nothing is fitted to what it then explains. Before the
// first run, and where those cells have none, the value that was expected stands for it.

import type { CellSummary } from "./cells.ts";
import { predictCells } from "./models/predict.ts";
import { isSelected, type Manifest } from "./results.ts";
import type { Estimate } from "./stats/estimate.ts";

type Parameter = NonNullable<Manifest["parameters"]>[number];

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

/** The value that models take: the mean of its cells' means, or what was expected. */
export function valueTaken({ parameter, means }: MeasuredParameter): number {
  return means.length === 0 ? parameter.expected : means.reduce((sum, { value }) => sum + value, 0) / means.length;
}

/** The manifest with the predictions that its measured parameters make. */
export function withParameters(manifest: Manifest, summaries: readonly CellSummary[]): Manifest {
  const { bindings = [], cells, predictions } = manifest;
  if (bindings.length === 0) return manifest;
  const values = Object.fromEntries(
    measuredParameters(manifest, summaries).map((measured) => [measured.parameter.name, valueTaken(measured)]),
  );
  const levelsOf = new Map(cells.map(({ id, levels }) => [id, levels]));
  const anew = bindings.flatMap(({ cell, ...binding }) => {
    const levels = { ...levelsOf.get(cell), ...values };
    return predictCells(binding, [{ id: cell, levels }], "bindings").predictions;
  });
  const isBound = (one: { cell: string; model: string; quantity: string }) =>
    bindings.some(({ cell, model, quantity }) => one.cell === cell && one.model === model && one.quantity === quantity);
  return { ...manifest, predictions: [...predictions.filter((one) => !isBound(one)), ...anew] };
}
