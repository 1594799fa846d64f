// The models' predictions for each cell, computed before any measurement. An input is a number,
// arithmetic over factors and over parameters as they are expected, or the key of a setting, whose
// value in the cell is converted to the model's unit.

import { predictCells, takes } from "../analysis/models/predict.ts";
import { MODELS } from "../analysis/models/table.ts";
import { isSelected, type Manifest, type Prediction } from "../analysis/results.ts";
import type { Problem } from "../lib/errors.ts";
import { type Dimension, parseQuantity } from "../lib/units.ts";
import type { ModelUse, Study, StudyCell } from "./file/study.ts";

/** How a model's unit is made from a base unit of lib/units.ts. */
const UNITS: Readonly<Record<string, { dimension: Dimension; factor: number }>> = {
  s: { dimension: "millis", factor: 1e-3 },
  "bit/s": { dimension: "bitsPerSecond", factor: 1 },
  bytes: { dimension: "bytes", factor: 1 },
  ratio: { dimension: "ratio", factor: 1 },
};

/** The predictions, or everything that prevents them. */
export function predictAll(
  study: Study,
  cells: readonly StudyCell[],
): { predictions: Prediction[]; problems: Problem[] } {
  const expected = Object.fromEntries(study.parameters.map(({ name, expected: value }) => [name, value]));
  const all = bindingsOf(study, cells).map(({ index, cell, binding }) =>
    predictCells(binding, [{ ...cell, levels: { ...cell.levels, ...expected } }], `models[${index}]`),
  );
  return {
    predictions: all.flatMap(({ predictions }) => predictions),
    problems: all.flatMap(({ problems }) => problems),
  };
}

/** Those that take a parameter, so that they can be made anew once it is measured. */
export function bindingsWith(study: Study, cells: readonly StudyCell[]): NonNullable<Manifest["bindings"]> {
  const isTaken = (use: ModelUse) => study.parameters.some(({ name }) => takes(use.inputs, name));
  return bindingsOf(study, cells)
    .filter(({ index }) => isTaken(study.models[index] as ModelUse))
    .map(({ cell, binding }) => ({ cell: cell.id, ...binding }));
}

function bindingsOf({ models }: Study, cells: readonly StudyCell[]) {
  return models.flatMap((use, index) =>
    cells
      .filter(({ levels }) => isSelected(levels, use.where))
      .map((cell) => {
        return { index, cell, binding: { model: use.name, quantity: use.predicts, inputs: inputsOf(use, cell) } };
      }),
  );
}

function inputsOf({ name: model, inputs }: ModelUse, { settings }: StudyCell): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, source]) => {
      const text = settings[source];
      if (text === undefined) return [name, source];
      const unit = MODELS.get(model)?.inputs.find((input) => input.name === name)?.unit ?? "";
      return [name, settingValue(text, unit)];
    }),
  );
}

/** A number in the unit, or the word in quotes, as in an expression. */
function settingValue(text: string, unit: string): number | string {
  const conversion = UNITS[unit];
  const value = conversion === undefined ? undefined : parseQuantity(text, conversion.dimension);
  if (value !== undefined && conversion !== undefined) return value * conversion.factor;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : JSON.stringify(text);
}
