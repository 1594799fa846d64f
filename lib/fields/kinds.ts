// Kinds of values, each with its range as people read it. A value comes as JSON in a request, and
// as a text in an environment and in words; a kind knows both.

import { isIPv4 } from "node:net";

export interface Kind<Value> {
  /** The allowed values, for messages and help. */
  allowed: string;
  /** Whether a value of JSON is one. */
  accepts(value: unknown): value is Value;
  /** The value that a text means, or undefined. */
  parse(text: string): Value | undefined;
}

export function number(least: number, most: number, allowed = `${least} to ${most}`): Kind<number> {
  const accepts = (value: unknown): value is number => typeof value === "number" && value >= least && value <= most;
  return { allowed, accepts, parse: (text) => ifAccepted(/^\d+(\.\d+)?$/.test(text) ? Number(text) : null, accepts) };
}

export function whole(least: number, most: number, allowed = `a whole number, ${least} to ${most}`): Kind<number> {
  const isWithin = number(least, most).accepts;
  const accepts = (value: unknown): value is number => Number.isSafeInteger(value) && isWithin(value);
  return { allowed, accepts, parse: (text) => ifAccepted(/^\d+$/.test(text) ? Number(text) : null, accepts) };
}

export function oneOf<const Name extends string>(...names: readonly Name[]): Kind<Name> {
  const accepts = (value: unknown): value is Name => names.includes(value as Name);
  return { allowed: names.join(", "), accepts, parse: (text) => ifAccepted(text, accepts) };
}

/** Texts that fit; by default all but the empty one. */
export function text(allowed = "a text", fits: (text: string) => boolean = (text) => text !== ""): Kind<string> {
  const accepts = (value: unknown): value is string => typeof value === "string" && fits(value);
  return { allowed, accepts, parse: (text) => ifAccepted(text, accepts) };
}

/** true or false; as a text these words, or others for them. */
export function truth(yes = "true", no = "false"): Kind<boolean> {
  return {
    allowed: `${yes} or ${no}`,
    accepts: (value) => typeof value === "boolean",
    parse: (text) => (text === yes ? true : text === no ? false : undefined),
  };
}

export const NAME = text("a name");
export const IPV4 = text("an IPv4 address", isIPv4);

/** Also null, which an empty text means. */
export function orNull<Value>({ allowed, accepts, parse }: Kind<Value>): Kind<Value | null> {
  return {
    allowed,
    accepts: (value) => value === null || accepts(value),
    parse: (text) => (text === "" ? null : parse(text)),
  };
}

/** Values of JSON that fit; as a text, JSON. */
export function json<Value>(allowed: string, fits: (value: unknown) => boolean): Kind<Value> {
  const accepts = (value: unknown): value is Value => fits(value);
  return { allowed, accepts, parse: (text) => ifAccepted(parsed(text), accepts) };
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
