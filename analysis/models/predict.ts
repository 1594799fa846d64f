// Predictions for every cell of a study, before its first run. A binding says what a model's inputs
// are in the words of the study: arithmetic over its factors and parameters, `rtt / 1000`, or a
// word factor as it is. Everything wrong with it is listed, and nothing is predicted then.

import type { Problem } from "../../lib/errors.ts";
import { type Expression, ExpressionFault, parseExpression } from "../conclude/parse.ts";
import { calculate, type Value } from "../conclude/value.ts";
import type { Cell, Levels, Prediction } from "../results.ts";
import { completeInputs, type Inputs, inputProblems } from "./model.ts";
import { MODELS } from "./table.ts";

export interface Binding {
  model: string;
  /** The measured quantity that the model predicts. */
  quantity: string;
  /** By the model's input: a number, or an expression over factors. */
  inputs: Readonly<Record<string, number | string>>;
}

/**
 * Either the predictions, or all problems of the binding; `place` is where it stands in the study's
 * file.
 */
export function predictCells(
  binding: Binding,
  cells: readonly Cell[],
  place: string,
): { predictions: Prediction[]; problems: Problem[] } {
  const model = MODELS.get(binding.model);
  if (model === undefined) {
    const allowed = [...MODELS.keys()].join(", ");
    const problem = {
      path: `${place}.name`,
      message: `there is no model "${binding.model}"`,
      allowed,
      code: "E_UNKNOWN_MODEL",
    };
    return { predictions: [], problems: [problem] };
  }
  const [predictions, problems]: [Prediction[], Map<string, Problem>] = [[], new Map()];
  for (const cell of cells) {
    const { inputs, faults } = inputsOf(binding.inputs, cell.levels, `${place}.inputs`);
    const found = faults.length > 0 ? faults : inputProblems(model, inputs, `${place}.inputs`);
    for (const problem of found) problems.set(`${problem.path} ${problem.message}`, problem);
    if (found.length > 0) continue;
    const complete = completeInputs(model, inputs);
    const value = model.predict(complete);
    // Without an end, as that of a server that is offered more than it can do: nothing to compare,
    // and no number that a file could hold.
    if (!Number.isFinite(value)) continue;
    const brokenAssumptions = model.brokenAssumptions(complete);
    predictions.push({ cell: cell.id, model: model.name, quantity: binding.quantity, value, brokenAssumptions });
  }
  return problems.size > 0 ? { predictions: [], problems: [...problems.values()] } : { predictions, problems: [] };
}

/**
 * Inputs in the words of a study for one cell: a number, arithmetic over factors, or a word factor
 * as it is.
 */
export function inputsOf(
  given: Binding["inputs"],
  levels: Levels,
  place: string,
): { inputs: Inputs; faults: Problem[] } {
  const [inputs, faults]: [Record<string, number | string>, Problem[]] = [{}, []];
  for (const [name, text] of Object.entries(given)) {
    try {
      inputs[name] = typeof text === "number" ? text : inputValue(parseExpression(text), levels);
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      const message = `column ${error.column}: ${error.message}`;
      faults.push({ path: `${place}.${name}`, message, allowed: "", code: "E_BAD_EXPRESSION" });
    }
  }
  return { inputs, faults };
}

/** Whether an input names the parameter. */
export function takes(inputs: Binding["inputs"], parameter: string): boolean {
  const isNamed = new RegExp(`(?<![\\w."])${parameter}(?![\\w."])`);
  return Object.values(inputs).some((input) => isNamed.test(String(input)));
}

function inputValue(expression: Expression, levels: Levels): number | string {
  switch (expression.kind) {
    case "number":
    case "word":
      return expression.value;
    case "name": {
      const level = levels[expression.name];
      if (level !== undefined) return level;
      const known = Object.keys(levels).join(", ");
      throw new ExpressionFault(
        `"${expression.name}" is no factor and no parameter; known: ${known}`,
        expression.column,
      );
    }
    case "unary":
      if (expression.operator === "-") return -numberOf(expression.operand, levels);
      break;
    case "binary": {
      const [left, right] = [expression.left, expression.right].map(
        (part): Value => ({ kind: "number", value: numberOf(part, levels), unit: "" }),
      ) as [Value, Value];
      const { operator } = expression;
      if (operator === "and" || operator === "or" || /[<>]/.test(operator)) break;
      const result = calculate(operator as "+", left, right);
      if (result?.kind === "number") return result.value;
    }
  }
  throw new ExpressionFault("only arithmetic over factors and parameters makes an input", expression.column);
}

function numberOf(expression: Expression, levels: Levels): number {
  const value = inputValue(expression, levels);
  if (typeof value === "number") return value;
  throw new ExpressionFault(`"${value}" is not a number`, expression.column);
}
