// Checks settings from outside. A value is good if its impairment reads back what it writes, so
// each range has one place, and a new impairment needs no line here.

import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../../lib/errors.ts";
import { orNull, whole } from "../../lib/fields/kinds.ts";
import { isObject, outOfRange, unknownNames } from "../../lib/fields/read.ts";
import { FIELD_NAMES, FIELDS, fieldOf } from "../../lib/link/direction.ts";
import type { DirectionField } from "../../lib/link/field.ts";
import { type LinkSettings, MAX_SEED } from "../../lib/link/link.ts";

const SEED = orNull(whole(1, MAX_SEED));
const SETTINGS = { forward: null, backward: null, seed: null } satisfies Record<keyof LinkSettings, null>;

/** Every problem of `value` as LinkSettings; empty if it is valid. */
export function settingsProblems(value: unknown, path: string): Problem[] {
  if (!isObject(value)) return [outOfRange(path, value, "{forward, backward, seed}")];
  const { forward, backward, seed } = value;
  return [
    ...fieldProblems(forward, `${path}.forward`, false),
    ...fieldProblems(backward, `${path}.backward`, false),
    ...(SEED.accepts(seed) ? [] : [outOfRange(`${path}.seed`, seed, `${SEED.allowed}, or null`)]),
    ...unknownNames(SETTINGS, value, `${path}.`),
  ];
}

/** Every problem of `value` as LinkChange. */
export function changeProblems(value: unknown, path: string): Problem[] {
  if (!isObject(value)) return [outOfRange(path, value, "{forward?, backward?, seed?}")];
  const { forward = {}, backward = {}, seed = null } = value;
  return [
    ...fieldProblems(forward, `${path}.forward`, true),
    ...fieldProblems(backward, `${path}.backward`, true),
    ...(SEED.accepts(seed) ? [] : [outOfRange(`${path}.seed`, seed, `${SEED.allowed}, or null`)]),
    ...unknownNames(SETTINGS, value, `${path}.`),
  ];
}

function fieldProblems(value: unknown, path: string, inPart: boolean): Problem[] {
  if (!isObject(value)) return [outOfRange(path, value, `{${FIELD_NAMES.join(", ")}}`)];
  const given = inPart ? FIELD_NAMES.filter((name) => name in value) : FIELD_NAMES;
  const bad = given.filter((name) => !reads(fieldOf(name), value[name]));
  return [
    ...bad.map((name) => outOfRange(`${path}.${name}`, value[name], FIELDS[name].range)),
    ...unknownNames(FIELDS, value, `${path}.`),
  ];
}

function reads(field: DirectionField<unknown>, value: unknown): boolean {
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
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}
