// The values of expressions: known numbers and words, estimates with an interval, and statements
// about them. A comparison is true only if the whole interval is on that side, false only if all of
// it is on the other, and otherwise open. So data support a sentence, and never a point that chance
// could have moved. A bound of an estimate is a number; that it falls short of what it should pass
// is against a sentence only if all of its estimate does. And, or and not are Kleene's.

import { type Estimate, mapEstimate, withoutInterval } from "../stats/estimate.ts";

export type Value =
  /** `of`: the estimate whose bound it is. */
  | { kind: "number"; value: number; unit: string; of?: Estimate }
  | { kind: "estimate"; estimate: Estimate; unit: string }
  | { kind: "word"; value: string }
  /** null: open. */
  | { kind: "truth"; value: boolean | null };

type NumberValue = Extract<Value, { kind: "number" }>;

export type Operator = "<" | "<=" | ">" | ">=";

export function compare(operator: Operator, left: Value, right: Value): boolean | null {
  if (operator === ">" || operator === ">=") return compare(operator === ">" ? "<" : "<=", right, left);
  const [one, other] = [boundsOf(left, "upper"), boundsOf(right, "lower")];
  if (one === null || other === null) return null;
  const isBelow = operator === "<" ? one.upper < other.lower : one.upper <= other.lower;
  const isAbove = operator === "<" ? one.lower >= other.upper : one.lower > other.upper;
  return isBelow ? true : isAbove ? false : null;
}

/**
 * Null without an interval, which allows no statement. A bound that must pass the other value, such
 * as the upper one of what should be less, stands for its estimate.
 */
function boundsOf(value: Value, passing: "lower" | "upper"): { lower: number; upper: number } | null {
  if (value.kind === "number" && value.of?.[passing] !== value.value) {
    return Number.isNaN(value.value) ? null : { lower: value.value, upper: value.value };
  }
  const estimate = value.kind === "number" ? value.of : value.kind === "estimate" ? value.estimate : undefined;
  if (estimate === undefined) return null;
  const { lower, upper } = estimate;
  return lower === null || upper === null || Number.isNaN(lower + upper) ? null : { lower, upper };
}

export function and(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

export function not(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}

export function or(one: boolean | null, other: boolean | null): boolean | null {
  return not(and(not(one), not(other)));
}

const ARITHMETIC = {
  "+": (one: number, other: number) => one + other,
  "-": (one: number, other: number) => one - other,
  "*": (one: number, other: number) => one * other,
  "/": (one: number, other: number) => one / other,
  "^": (one: number, other: number) => one ** other,
};
export type Arithmetic = keyof typeof ARITHMETIC;

/** Undefined for two estimates: their errors may be correlated, and only `ratio` knows how. */
export function calculate(operator: Arithmetic, left: Value, right: Value): Value | undefined {
  const apply = ARITHMETIC[operator];
  if (left.kind === "number" && right.kind === "number") {
    const [value, of] = [apply(left.value, right.value), imageOfBound(operator, left, right)];
    return { kind: "number", value, unit: unitOf(operator, left.unit, right.unit), ...(of && { of }) };
  }
  if (left.kind === "estimate" && right.kind === "number") {
    const estimate = mapEstimate(left.estimate, (value) => apply(value, right.value));
    return { kind: "estimate", estimate, unit: unitOf(operator, left.unit, right.unit) };
  }
  if (left.kind === "number" && right.kind === "estimate") {
    const image = mapEstimate(right.estimate, (value) => apply(left.value, value));
    // A negative number has real powers at whole exponents only, and those of an interval are not.
    const estimate = operator === "^" && left.value < 0 ? withoutInterval(image.value) : image;
    return { kind: "estimate", estimate, unit: unitOf(operator, left.unit, right.unit) };
  }
  return undefined;
}

/** Of the estimate of a bound and a number; of two bounds there is none. */
function imageOfBound(operator: Arithmetic, left: NumberValue, right: NumberValue): Estimate | undefined {
  if ((left.of === undefined) === (right.of === undefined)) return undefined;
  const [one, other] = [left, right].map((side): Value => {
    return side.of === undefined ? side : { kind: "estimate", estimate: side.of, unit: side.unit };
  }) as [Value, Value];
  const image = calculate(operator, one, other);
  return image?.kind === "estimate" ? image.estimate : undefined;
}

/** Kept if the other side has no unit, or in a sum; otherwise a number without a unit. */
function unitOf(operator: Arithmetic, left: string, right: string): string {
  if (left === right) return operator === "+" || operator === "-" ? left : "";
  if (right === "" && operator !== "^") return left;
  return left === "" && operator !== "/" && operator !== "^" ? right : "";
}
