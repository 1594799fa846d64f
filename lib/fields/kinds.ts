// Kinds of values, each with its range as people read it. A value comes as JSON in a request, and
// as a text in an environment and in words; a kind knows both.

import { isIPv4 } from "node:net";
import { type Dimension, formatQuantity, parseQuantity, quantityPattern } from "../units.ts";

/** The texts that mean a value. */
export interface TextKind<Value> {
  /** The allowed values, for messages and help. */
  allowed: string;
  /** The value that a text means, or undefined. */
  parse(text: string): Value | undefined;
  /** Whether a text can be read at all, such as a number that may be out of range. */
  isInForm?(text: string): boolean;
}

export interface Kind<Value> extends TextKind<Value> {
  /** Whether a value of JSON is one. */
  accepts(value: unknown): value is Value;
  /** A text that means the value. */
  format(value: Value): string;
  /** The accepted words, or the range of whole numbers, as data for others who check values. */
  choice?: Choice;
}

export type Choice = { values: readonly string[] } | { least: number; most: number };

const NUMBER = /^\d+(\.\d+)?$/;
const WHOLE = /^\d+$/;

export function number(least: number, most: number, allowed = `${least} to ${most}`): Kind<number> {
  const accepts = (value: unknown): value is number => typeof value === "number" && value >= least && value <= most;
  return numeric(NUMBER, allowed, accepts);
}

export function whole(least: number, most: number, allowed = `a whole number, ${least} to ${most}`): Kind<number> {
  const isWithin = number(least, most).accepts;
  const accepts = (value: unknown): value is number => Number.isSafeInteger(value) && isWithin(value);
  return { ...numeric(WHOLE, allowed, accepts), choice: { least, most } };
}

function numeric(form: RegExp, allowed: string, accepts: (value: unknown) => value is number): Kind<number> {
  const isInForm = (text: string) => form.test(text);
  return {
    allowed,
    accepts,
    isInForm,
    parse: (text) => ifAccepted(isInForm(text) ? Number(text) : null, accepts),
    format: String,
  };
}

/** The kind's numbers, as texts with a unit; one of the kind is `perOne` of the dimension's. */
export function inUnits<Value>(
  { accepts, format }: Kind<Value>,
  dimension: Dimension,
  allowed: string,
  perOne = 1,
): Kind<Value> {
  const pattern = new RegExp(quantityPattern(dimension));
  return {
    allowed,
    accepts,
    isInForm: (text) => pattern.test(text),
    parse: (text) => ifAccepted((parseQuantity(text, dimension) ?? Number.NaN) / perOne, accepts),
    format: (value) => (typeof value === "number" ? formatQuantity(value * perOne, dimension) : format(value)),
  };
}

export function oneOf<const Name extends string>(...names: readonly Name[]): Kind<Name> {
  const accepts = (value: unknown): value is Name => names.includes(value as Name);
  return {
    allowed: names.join(", "),
    accepts,
    parse: (text) => ifAccepted(text, accepts),
    format: String,
    choice: { values: names },
  };
}

/** Texts that fit; by default all but the empty one. */
export function text(allowed = "a text", fits: (text: string) => boolean = (text) => text !== ""): Kind<string> {
  const accepts = (value: unknown): value is string => typeof value === "string" && fits(value);
  return { allowed, accepts, parse: (text) => ifAccepted(text, accepts), format: String };
}

/** true or false; as a text these words, or others for them. */
export function truth(yes = "true", no = "false"): Kind<boolean> {
  return {
    allowed: `${yes} or ${no}`,
    accepts: (value) => typeof value === "boolean",
    parse: (text) => (text === yes ? true : text === no ? false : undefined),
    format: (value) => (value ? yes : no),
    choice: { values: [yes, no] },
  };
}

export const NAME = text("a name");
export const IPV4 = text("an IPv4 address", isIPv4);

/** Also null, which an empty text means. */
export function orNull<Value>({ choice: _, accepts, parse, format, ...kind }: Kind<Value>): Kind<Value | null> {
  return {
    ...kind,
    accepts: (value) => value === null || accepts(value),
    parse: (text) => (text === "" ? null : parse(text)),
    format: (value) => (value === null ? "" : format(value)),
  };
}

/** Texts of the first kind, or else of the second. */
export function either<Value>(first: Kind<Value>, second: TextKind<Value>): Kind<Value> {
  return {
    ...first,
    parse: (text) => first.parse(text) ?? second.parse(text),
    isInForm: (text) => first.isInForm?.(text) === true || second.isInForm?.(text) === true,
  };
}

/** The kind of a choice: its texts are the values themselves. */
export function chosenFrom(choice: Choice): TextKind<unknown> {
  return "values" in choice ? oneOf(...choice.values) : whole(choice.least, choice.most);
}

/** Values of JSON that fit; as a text, JSON. */
export function json<Value>(allowed: string, fits: (value: unknown) => boolean): Kind<Value> {
  const accepts = (value: unknown): value is Value => fits(value);
  return { allowed, accepts, parse: (text) => ifAccepted(parsed(text), accepts), format: JSON.stringify };
}

function ifAccepted<Value>(value: unknown, accepts: (value: unknown) => value is Value): Value | undefined {
  return accepts(value) ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
