// A model: numbers in, one number out, and the conditions under which to believe it. It predicts
// before anything is measured and knows nothing of results. A new one is a file and a line in
// table.ts.

import type { Problem } from "../../lib/errors.ts";
import type { Phenomenon } from "../traces/sightings.ts";

export interface Input {
  name: string;
  /** `s`, `bit/s`, `bytes`, `segments`, `ratio`, `1`. */
  unit: string;
  meaning: string;
  /** Both bounds are allowed; without `choices` only. */
  minimum?: number;
  maximum?: number;
  /** For an input that is a word. */
  choices?: readonly string[];
  /** Used when a study gives no value. An input without one is required. */
  fallback?: number | string;
}

export type Inputs = Readonly<Record<string, number | string>>;

export interface Model {
  name: string;
  title: string;
  /** A citation that readers can find. */
  source: string;
  predicts: { quantity: string; unit: string };
  inputs: readonly Input[];
  predict(inputs: Inputs): number;
  /** The assumptions that these inputs break, a sentence each; empty if the model applies. */
  brokenAssumptions(inputs: Inputs): string[];
  /** Phenomena that the model has not; none: it is not about a connection. */
  leavesOut?: readonly Phenomenon[];
  /** Phenomena that the model reckons with: a trace without them explains an error. */
  countsOn?: readonly Phenomenon[];
}

/** The values of typed inputs by name: words where there are choices, numbers elsewhere. */
type Values<I extends readonly Input[]> = {
  [Each in I[number] as Each["name"]]: Each extends { choices: readonly (infer Word)[] } ? Word : number;
};

/** A model whose functions know its inputs by type. */
export function defineModel<const I extends readonly Input[]>(definition: {
  name: string;
  title: string;
  source: string;
  predicts: { quantity: string; unit: string };
  inputs: I;
  predict(values: Values<I>): number;
  brokenAssumptions(values: Values<I>): string[];
  leavesOut?: readonly Phenomenon[];
  countsOn?: readonly Phenomenon[];
}): Model {
  return definition as unknown as Model;
}

/** A sentence for each condition that does not hold. */
export function unmet(conditions: readonly (readonly [holds: boolean, otherwise: string])[]): string[] {
  return conditions.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

/** The inputs with fallbacks where none is given. */
export function completeInputs(model: Model, given: Inputs): Inputs {
  const fallbacks = model.inputs.filter(({ fallback }) => fallback !== undefined);
  return {
    ...Object.fromEntries(fallbacks.map(({ name, fallback }) => [name, fallback as number | string])),
    ...given,
  };
}

/**
 * Every problem of the inputs, so that a study is refused before it runs. `place` is their place in
 * its file.
 */
export function inputProblems(model: Model, given: Inputs, place: string): Problem[] {
  const known = model.inputs.map(({ name }) => name);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  return [
    ...unknown.map((name) => ({
      path: `${place}.${name}`,
      message: `the model ${model.name} has no such input`,
      allowed: known.join(", "),
      code: "E_UNKNOWN_KEY",
    })),
    ...model.inputs.flatMap((input) => problemOf(input, given[input.name], `${place}.${input.name}`, model.name)),
  ];
}

function problemOf(input: Input, value: number | string | undefined, path: string, model: string): Problem[] {
  const allowed = rangeOf(input);
  if (value === undefined) {
    if (input.fallback !== undefined) return [];
    const message = `the model ${model} needs it: ${input.meaning}, in ${input.unit}`;
    return [{ path, message, allowed, code: "E_MISSING_KEY" }];
  }
  if (input.choices !== undefined) {
    if (input.choices.includes(String(value))) return [];
    return [{ path, message: `"${value}" is not one of its words`, allowed, code: "E_BAD_VALUE" }];
  }
  if (typeof value !== "number" || Number.isNaN(value)) {
    return [{ path, message: `"${value}" is not a number`, allowed, code: "E_WRONG_TYPE" }];
  }
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = input;
  if (value >= minimum && value <= maximum) return [];
  const found = Number(value.toPrecision(12)); // computed: a tenth of 3 is 0.30000000000000004
  return [{ path, message: `${found} ${input.unit} is out of range`, allowed, code: "E_OUT_OF_RANGE" }];
}

function rangeOf({ choices, minimum, maximum, unit }: Input): string {
  if (choices !== undefined) return choices.join(", ");
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum} ${unit}`;
  return minimum === undefined ? "" : `at least ${minimum} ${unit}`;
}
