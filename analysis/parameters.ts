// Inputs of models that a study measures itself, such as the time of its server for a request, that
// differ between machines. Each is the mean of a quantity in cells of its own, which no model that
// takes it predicts, so that nothing is fitted to what it then explains. Before the first run, and
// where those cells have none, the value that was expected stands for it. The predictions that take
// a parameter are as uncertain as it is.

import type { CellSummary } from "./cells.ts";
import { predictCells, takes } from "./models/predict.ts";
import { isSelected, type Levels, type Manifest, type Prediction } from "./results.ts";
import { CONFIDENCE, type Estimate } from "./stats/estimate.ts";
import { meanWithInterval } from "./stats/mean-interval.ts";
import { inQuadrature, type Reach } from "./stats/quadrature.ts";

type Parameter = NonNullable<Manifest["parameters"]>[number];
type Binding = NonNullable<Manifest["bindings"]>[number];

/** A prediction that its parameters leave more open than this says nothing of the model. */
const UNCERTAIN_RATIO = 0.2;
const TOO_UNCERTAIN =
  "its measured parameters are too uncertain here: within their intervals the prediction changes by more than a fifth";

export interface MeasuredParameter {
  parameter: Parameter;
  unit: string;
  /** Of each of its cells that has runs. */
  means: readonly { cell: string; mean: Estimate }[];
}

export function measuredParameters(
  { parameters = [], quantities }: Manifest,
  summaries: readonly CellSummary[],
  confidence: number = CONFIDENCE,
): MeasuredParameter[] {
  return parameters.map((parameter) => {
    const means = summaries
      .filter(({ cell }) => isSelected(cell.levels, parameter.where))
      .map(({ cell, quantities: found }) => ({ cell: cell.id, values: found.get(parameter.quantity)?.values ?? [] }))
      .filter(({ values }) => values.length > 0)
      .map(({ cell, values }) => ({ cell, mean: meanWithInterval(values, confidence) }));
    return { parameter, unit: quantities.find(({ name }) => name === parameter.quantity)?.unit ?? "", means };
  });
}

/** The manifest with the predictions that its measured parameters make. */
export function withParameters(manifest: Manifest, summaries: readonly CellSummary[]): Manifest {
  const { bindings = [], predictions } = manifest;
  if (bindings.length === 0) return manifest;
  const measured = measuredParameters(manifest, summaries);
  const anew = bindings.flatMap((binding) => {
    const prediction = predict(binding, levelsOf(binding, manifest), measured);
    if (prediction === undefined) return [];
    const reach = predictionReach(prediction, manifest, measured);
    const assumptions = reach !== null && isWide(reach) ? [TOO_UNCERTAIN] : [];
    return [{ ...prediction, brokenAssumptions: [...prediction.brokenAssumptions, ...assumptions] }];
  });
  return { ...manifest, predictions: [...predictions.filter((one) => !bindings.some(isOf(one))), ...anew] };
}

/** Whether a cell is outside the domain because of its parameters alone: its error is not known. */
export function isTooUncertain({ brokenAssumptions }: Pick<Prediction, "brokenAssumptions">): boolean {
  return brokenAssumptions.length > 0 && brokenAssumptions.every((assumption) => assumption === TOO_UNCERTAIN);
}

/**
 * How far a prediction may be off because of its measured parameters: nowhere without any, null if
 * one has too few runs for an interval, and without end where the model has no value at a bound.
 * Quantities of one cell are of the same runs and may rise and fall together, so that what they do
 * adds up; cells are independent.
 */
export function predictionReach(
  prediction: Pick<Prediction, "cell" | "model" | "quantity" | "value">,
  manifest: Manifest,
  measured: readonly MeasuredParameter[],
): Reach | null {
  const binding = manifest.bindings?.find(isOf(prediction));
  if (binding === undefined) return { below: 0, above: 0 };
  const taken = measured.filter(({ parameter }) => takes(binding.inputs, parameter.name));
  if (taken.some(({ means }) => means.length === 0 || means.some(({ mean }) => mean.lower === null))) return null;
  const levels = levelsOf(binding, manifest);
  const moved = taken.flatMap((one) =>
    one.means.map(({ cell, mean: { lower, upper } }) => {
      const at = (bound: number | null) =>
        predict(binding, levels, measured, { of: one, cell, value: bound as number });
      const ratios = [at(lower), at(upper)].map((other) =>
        other === undefined ? null : other.value / prediction.value,
      );
      return { cell, ...reachOver(ratios) };
    }),
  );
  const byCell = [...Map.groupBy(moved, ({ cell }) => cell).values()];
  const sum = (reaches: readonly Reach[], side: keyof Reach) =>
    reaches.reduce((total, reach) => total + reach[side], 0);
  return inQuadrature(byCell.map((own) => ({ below: sum(own, "below"), above: sum(own, "above") })));
}

/** From the smallest of the ratios to the largest, 1 among them; null is no value at all. */
function reachOver(ratios: readonly (number | null)[]): Reach {
  const known = ratios.filter((ratio) => ratio !== null);
  if (known.length < ratios.length) return { below: Number.POSITIVE_INFINITY, above: Number.POSITIVE_INFINITY };
  return { below: -Math.log(Math.min(1, ...known)), above: Math.log(Math.max(1, ...known)) };
}

function isWide({ below, above }: Reach): boolean {
  return Math.exp(-below) < 1 - UNCERTAIN_RATIO || Math.exp(above) > 1 + UNCERTAIN_RATIO;
}

/** With the measured means, but for one of them if its bound is given. */
function predict(
  { cell, ...binding }: Binding,
  levels: Levels,
  measured: readonly MeasuredParameter[],
  bound?: { of: MeasuredParameter; cell: string; value: number },
): Prediction | undefined {
  const values = measured.map((one) => {
    const of = ({ cell: id, mean }: MeasuredParameter["means"][number]) =>
      one === bound?.of && id === bound.cell ? bound.value : mean.value;
    return [one.parameter.name, meanOf(one, of)];
  });
  const withValues = { ...levels, ...Object.fromEntries(values) };
  return predictCells(binding, [{ id: cell, levels: withValues }], "bindings").predictions[0];
}

/** Of its cells' means; if there is none, what was expected. */
function meanOf(
  { parameter, means }: MeasuredParameter,
  of: (mean: MeasuredParameter["means"][number]) => number,
): number {
  return means.length === 0 ? parameter.expected : means.reduce((sum, mean) => sum + of(mean), 0) / means.length;
}

function levelsOf({ cell }: Binding, { cells }: Manifest): Levels {
  return cells.find(({ id }) => id === cell)?.levels ?? {};
}

function isOf(one: Pick<Prediction, "cell" | "model" | "quantity">) {
  return ({ cell, model, quantity }: Binding) => one.cell === cell && one.model === model && one.quantity === quantity;
}
