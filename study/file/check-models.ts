// The models of a study: whether the quantity that each predicts, and the factors and parameters
// that it takes as they are, have the model's units, and whether it predicts a cell once only.

import { numbered } from "../../analysis/format.ts";
import { MODELS } from "../../analysis/models/table.ts";
import { isSelected } from "../../analysis/results.ts";
import type { Problem } from "../../lib/errors.ts";
import { quantitiesOf } from "../measures/table.ts";
import type { Study, StudyCell } from "./study.ts";

export function modelProblems(study: Study, cells: readonly StudyCell[]): Problem[] {
  return [...predictedUnits(study, cells), ...inputUnits(study, cells), ...predictedTwice(study, cells)];
}

const problem = (code: string, path: string, message: string, allowed: string): Problem => {
  return { code, path, message, allowed };
};

function predictedUnits({ models }: Study, cells: readonly StudyCell[]): Problem[] {
  const quantities = quantitiesOf(cells);
  return models.flatMap(({ name, predicts }, index) => {
    const [found, model] = [quantities.find((quantity) => quantity.name === predicts), MODELS.get(name)];
    if (found === undefined || model === undefined || isOfUnit(found.unit, model.predicts.unit)) return [];
    const message = `${name} predicts ${model.predicts.unit}, and ${predicts} is in ${found.unit}`;
    const fitting = quantities.filter(({ unit }) => isOfUnit(unit, model.predicts.unit)).map((one) => one.name);
    return [problem("E_BAD_VALUE", `models[${index}].predicts`, message, fitting.join(", "))];
  });
}

/** Inputs by name, and the units that are known of them. */
interface Taken {
  by: string;
  inputs: Readonly<Record<string, number | string>>;
  known: readonly { name: string; unit: string }[];
  place: string;
}

/** The inputs of slow start's window beside a trace. */
const DOUBLINGS = [
  { name: "initialWindowSegments", unit: "segments" },
  { name: "rttSeconds", unit: "s" },
];

/** Arithmetic may convert, so only a name that stands alone has a unit for certain. */
function inputUnits({ models, plots, factors, parameters }: Study, cells: readonly StudyCell[]): Problem[] {
  const quantities = new Map(quantitiesOf(cells).map(({ name, unit }) => [name, unit]));
  const units = new Map([
    ...parameters.map(({ name, quantity }) => [name, quantities.get(quantity) ?? ""] as const),
    ...factors.map(({ name, unit }) => [name, unit] as const),
  ]);
  const taken: Taken[] = [
    ...models.map(({ name, inputs }, index) => {
      const known = MODELS.get(name)?.inputs.filter(({ choices }) => choices === undefined) ?? [];
      return { by: name, inputs, known, place: `models[${index}].inputs` };
    }),
    ...plots.map(({ doublings = {} }, index) => {
      return { by: "slow start", inputs: doublings, known: DOUBLINGS, place: `plots[${index}].doublings` };
    }),
  ];
  return taken.flatMap(({ by, inputs, known, place }) =>
    Object.entries(inputs).flatMap(([input, source]) => {
      const [name, wanted] = [bareName(source), known.find((each) => each.name === input)?.unit];
      const unit = units.get(name) ?? "";
      if (unit === "" || wanted === undefined || isOfUnit(unit, wanted)) return [];
      const meant = wanted === "1" ? "a number without a unit" : wanted;
      const message = `${name} is in ${unit}, and ${by} takes ${meant}`;
      const instead = unit === "ms" && wanted === "s" ? `${name} / 1000` : `arithmetic that makes ${meant} of ${name}`;
      return [problem("E_BAD_VALUE", `${place}.${input}`, message, instead)];
    }),
  );
}

/** `rtt` of `( rtt )`. */
function bareName(source: number | string): string {
  return String(source).replace(/[\s()]/g, "");
}

/** A ratio is a number without a unit. */
function isOfUnit(unit: string, wanted: string): boolean {
  const plain = (text: string) => (text === "ratio" ? "1" : text);
  return plain(unit) === plain(wanted);
}

/** Conclusions, such as `error(page, cell)`, name a model and a cell and mean one prediction. */
function predictedTwice({ models }: Study, cells: readonly StudyCell[]): Problem[] {
  return models.flatMap(({ name, where }, index) => {
    const own = cells.filter(({ levels }) => isSelected(levels, where));
    return models.slice(0, index).flatMap((earlier, place) => {
      const [first, ...more] = own.filter(({ levels }) => earlier.name === name && isSelected(levels, earlier.where));
      if (first === undefined) return [];
      const others = more.length === 0 ? "" : `, and ${numbered(more.length, "more cell")}`;
      const message = `models[${place}] is ${name} too, and predicts ${first.id}${others}`;
      return [problem("E_CONFLICTING_KEYS", `models[${index}].where`, message, "each cell once by a model")];
    });
  });
}
