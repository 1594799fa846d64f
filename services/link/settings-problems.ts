// Checks settings from outside. A value is good if its impairment reads back what it writes, so
// each range has one place, and a new impairment needs no line here.

import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../../lib/errors.ts";
import { FIELD_NAMES, FIELDS, fieldOf } from "../../lib/link/direction.ts";
import type { Field } from "../../lib/link/field.ts";
import { MAX_SEED } from "../../lib/link/link.ts";

/** Every problem of `value` as LinkSettings; empty if it is valid. */
export function settingsProblems(value: unknown, path: string): Problem[] {
  if (!isRecord(value)) return [problem(path, value, "{forward, backward, seed}")];
  const { forward, backward, seed, ...unknown } = value;
  return [
    ...fieldProblems(forward, `${path}.forward`, false),
    ...fieldProblems(backward, `${path}.backward`, false),
    ...(isSeed(seed) ? [] : [problem(`${path}.seed`, seed, `a whole number from 1 to ${MAX_SEED}, or null`)]),
    ...unknownKeys(unknown, path, "forward, backward, seed"),
  ];
}

/** Every problem of `value` as LinkChange. */
export function changeProblems(value: unknown, path: string): Problem[] {
  if (!isRecord(value)) return [problem(path, value, "{forward?, backward?, seed?}")];
  const { forward = {}, backward = {}, seed = null, ...unknown } = value;
  return [
    ...fieldProblems(forward, `${path}.forward`, true),
    ...fieldProblems(backward, `${path}.backward`, true),
    ...(isSeed(seed) ? [] : [problem(`${path}.seed`, seed, `a whole number from 1 to ${MAX_SEED}, or null`)]),
    ...unknownKeys(unknown, path, "forward, backward, seed"),
  ];
}

function fieldProblems(value: unknown, path: string, inPart: boolean): Problem[] {
  if (!isRecord(value)) return [problem(path, value, `{${FIELD_NAMES.join(", ")}}`)];
  const unknown = Object.fromEntries(Object.entries(value).filter(([key]) => !Object.hasOwn(FIELDS, key)));
  const given = inPart ? FIELD_NAMES.filter((name) => name in value) : FIELD_NAMES;
  const bad = given.filter((name) => !reads(fieldOf(name), value[name]));
  return [
    ...bad.map((name) => problem(`${path}.${name}`, value[name], FIELDS[name].range)),
    ...unknownKeys(unknown, path, FIELD_NAMES.join(", ")),
  ];
}

function reads(field: Field<unknown>, value: unknown): boolean {
  try {
    const readBack = field.parse(field.format(value));
    return readBack !== undefined && isDeepStrictEqual(rounded(readBack), rounded(value));
  } catch {
    return false;
  }
}

/** Numbers to nine digits: half of an RTT has more digits than a person writes. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(9));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}

function unknownKeys(unknown: Record<string, unknown>, path: string, allowed: string): Problem[] {
  return Object.entries(unknown).map(([key, value]) => problem(`${path}.${key}`, value, allowed, "E_UNKNOWN_KEY"));
}

function problem(path: string, value: unknown, allowed: string, code?: string): Problem {
  const missing = value === undefined;
  return {
    code: code ?? (missing ? "E_MISSING_KEY" : "E_OUT_OF_RANGE"),
    path,
    message: missing ? "is missing" : `${JSON.stringify(value)} is not valid`,
    allowed,
  };
}

function isSeed(seed: unknown): boolean {
  return seed === null || (Number.isInteger(seed) && Number(seed) >= 1 && Number(seed) <= MAX_SEED);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
