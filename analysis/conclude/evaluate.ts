// The value of an expression in a study. A name stands for a selection of cells, a quantity, a
// factor or a model, depending on its place. An unknown name is a fault with its column, so
// evaluating in a study without runs checks a file.

import type { Analysis } from "../analyse.ts";
import type { Selection } from "../results.ts";
import { type Argument, FUNCTIONS, type Parameter, selectCells } from "./functions.ts";
import { type Expression, ExpressionFault } from "./parse.ts";
import { and, calculate, compare, not, or, type Value } from "./value.ts";

export interface Scope {
  analysis: Analysis;
  cells: Readonly<Record<string, Selection>>;
  /** The comparisons, for a reader who asks why. */
  compared?: { expression: Expression; left: Value; right: Value; truth: boolean | null }[];
}

const WHERE = ["none", "server", "generator", "link", "machine"];

/** @throws ExpressionFault */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "number":
      return { kind: "number", value: expression.value, unit: "" };
    case "word":
      return { kind: "word", value: expression.value };
    case "name":
      throw new ExpressionFault(
        `"${expression.name}" is no value: it can stand in a function's parentheses only`,
        expression.column,
      );
    case "call":
      return evaluateCall(expression, scope);
    case "unary":
      return evaluateUnary(expression, scope);
    case "binary":
      return evaluateBinary(expression, scope);
  }
}

function evaluateUnary(expression: Expression & { kind: "unary" }, scope: Scope): Value {
  const operand = evaluate(expression.operand, scope);
  if (expression.operator === "not") return { kind: "truth", value: not(truthOf(operand, expression.operand)) };
  const negated = calculate("-", { kind: "number", value: 0, unit: "" }, operand);
  if (negated === undefined) throw new ExpressionFault("a number should follow the sign", expression.operand.column);
  return negated;
}

function evaluateBinary(expression: Expression & { kind: "binary" }, scope: Scope): Value {
  const { operator } = expression;
  const [left, right] = [evaluate(expression.left, scope), evaluate(expression.right, scope)];
  if (operator === "and" || operator === "or") {
    const combine = operator === "and" ? and : or;
    return { kind: "truth", value: combine(truthOf(left, expression.left), truthOf(right, expression.right)) };
  }
  for (const [side, part] of [
    [left, expression.left],
    [right, expression.right],
  ] as const) {
    if (side.kind === "word" || side.kind === "truth")
      throw new ExpressionFault("a number should stand here", part.column);
  }
  if (operator === "<" || operator === "<=" || operator === ">" || operator === ">=") {
    const truth = compare(operator, left, right);
    scope.compared?.push({ expression, left, right, truth });
    return { kind: "truth", value: truth };
  }
  const result = calculate(operator, left, right);
  if (result !== undefined) return result;
  throw new ExpressionFault(
    `${operator} of two estimates: their errors may hang together; ratio() knows how`,
    expression.column,
  );
}

function truthOf(value: Value, { column }: Expression): boolean | null {
  if (value.kind !== "truth") throw new ExpressionFault("a condition should stand here, such as a comparison", column);
  return value.value;
}

function evaluateCall(call: Expression & { kind: "call" }, scope: Scope): Value {
  const called = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (called === undefined) {
    throw new ExpressionFault(
      `there is no function "${call.name}"; known: ${Object.keys(FUNCTIONS).join(", ")}`,
      call.column,
    );
  }
  const { parameters } = called;
  if (call.args.length !== parameters.length) {
    throw new ExpressionFault(
      `${call.name}(${parameters.join(", ")}) has ${call.args.length} arguments here`,
      call.column,
    );
  }
  const args = call.args.map((argument, at) => argumentOf(argument, parameters[at] as Parameter, scope));
  const fault = called.faultOf?.(args);
  if (fault !== undefined) throw new ExpressionFault(fault, call.column);
  return called.evaluate(scope.analysis, args);
}

function argumentOf(expression: Expression, parameter: Parameter, scope: Scope): Argument {
  if (parameter === "estimate") return { kind: "value", value: evaluate(expression, scope) };
  if (parameter === "cell" || parameter === "cells") return cellsNamed(expression, parameter, scope);
  const { manifest } = scope.analysis;
  const known: Record<typeof parameter, readonly string[]> = {
    quantity: manifest.quantities.map(({ name }) => name),
    factor: manifest.factors.map(({ name }) => name),
    model: [...new Set([...manifest.predictions, ...(manifest.bindings ?? [])].map(({ model }) => model))],
    where: WHERE,
  };
  const name = nameIn(expression);
  if (name !== undefined && known[parameter].includes(name)) return { kind: parameter, name };
  const choices = known[parameter].join(", ") || "none";
  throw new ExpressionFault(
    `"${expression.text}" is no ${parameter} of this study; known: ${choices}`,
    expression.column,
  );
}

function cellsNamed(expression: Expression, parameter: "cell" | "cells", { analysis, cells }: Scope): Argument {
  const name = nameIn(expression) ?? "";
  const selection = name === "all" ? {} : Object.hasOwn(cells, name) ? cells[name] : undefined;
  if (selection === undefined) {
    const known = ["all", ...Object.keys(cells)].join(", ");
    throw new ExpressionFault(`"${expression.text}" names no cells; known: ${known}`, expression.column);
  }
  const summaries = selectCells(analysis, selection);
  if (summaries.length === 0) throw new ExpressionFault(`"${name}" selects no cell of the study`, expression.column);
  if (parameter === "cell" && summaries.length > 1) {
    throw new ExpressionFault(`"${name}" selects ${summaries.length} cells where one is needed`, expression.column);
  }
  return { kind: "cells", selection, summaries };
}

/** A model's name may have a hyphen, and is quoted then. */
function nameIn(expression: Expression): string | undefined {
  if (expression.kind === "name") return expression.name;
  return expression.kind === "word" ? expression.value : undefined;
}
