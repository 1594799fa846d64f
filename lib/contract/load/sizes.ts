// How many bytes each request asks for, in words and as data. Files of the web have a lognormal
// body and a Pareto tail (Barford and Crovella, "Generating Representative Web Workloads for
// Network and Server Performance Evaluation", SIGMETRICS 1998: mu 9.357, sigma 1.318; alpha 1.1
// above 133 kB).

import { either, inUnits, number, whole } from "../../fields/kinds.ts";
import { isObject } from "../../fields/read.ts";

/**
 * `lognormal`: the natural logarithm of the bytes has the mean `mu` and the deviation `sigma`. A
 * size above `tail.fromBytes` is drawn anew from a Pareto distribution that begins there. Sizes are
 * rounded, 1 at least, and `mostBytes` stands for all above it.
 */
export type Sizes =
  | { law: "fixed"; bytes: number }
  | { law: "lognormal"; mu: number; sigma: number; tail: ParetoTail | null; mostBytes: number };

export interface ParetoTail {
  alpha: number;
  fromBytes: number;
}

export const ALLOWED_SIZES =
  "10KiB, lognormal:MU,SIGMA or lognormal:MU,SIGMA+pareto:ALPHA,FROM, with +most:10MiB as the limit of a drawn size";

/** The largest file of a server's generated site. */
export const MOST_BYTES = 10 * 1024 ** 2;
const LENGTH = whole(1, 1e12);
/** With a unit or without. */
const BYTES = either(LENGTH, inUnits(LENGTH, "bytes", "a size"));

export function parseSizes(text: string): Sizes | undefined {
  const sizes = readSizes(text);
  return areSizes(sizes) ? sizes : undefined;
}

/** The sizes of a text, with their range unchecked. */
function readSizes(text: string): unknown {
  const bytes = BYTES.parse(text);
  if (bytes !== undefined) return { law: "fixed", bytes };
  const parts = text.split("+").map((part) => part.split(":"));
  const [[law, body = ""] = [], ...others] = parts;
  const given = new Map(others.map(([name = "", values = ""]) => [name, values]));
  const isKnown = [...given.keys()].every((name) => name === "pareto" || name === "most");
  if (law !== "lognormal" || !isKnown || given.size < others.length) return undefined;
  const [mu, sigma] = body.split(",").map(Number);
  const [alpha, from] = given.get("pareto")?.split(",") ?? [];
  const tail = given.has("pareto") ? { alpha: Number(alpha), fromBytes: BYTES.parse(from ?? "") } : null;
  const mostBytes = given.has("most") ? BYTES.parse(given.get("most") ?? "") : MOST_BYTES;
  return { law, mu, sigma, tail, mostBytes };
}

export function areSizes(value: unknown): value is Sizes {
  if (!isObject(value)) return false;
  const { law, bytes, mu, sigma, tail, mostBytes } = value;
  if (law === "fixed") return LENGTH.accepts(bytes);
  return (
    law === "lognormal" &&
    number(0, 30).accepts(mu) &&
    number(0, 10).accepts(sigma) &&
    (tail === null || isTail(tail)) &&
    LENGTH.accepts(mostBytes)
  );
}

/** The largest that may be drawn. */
export function mostBytesOf(sizes: Sizes): number {
  return sizes.law === "fixed" ? sizes.bytes : sizes.mostBytes;
}

function isTail(value: unknown): boolean {
  return isObject(value) && number(0.1, 100).accepts(value.alpha) && LENGTH.accepts(value.fromBytes);
}
