// Turns zod's findings about a file's shape into problems that name the place, the value and the
// allowed values.

import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import { FIELD_BY_KEY, FIELDS } from "../../lib/link/direction.ts";
import { kindOf as optionKind } from "../roles/options.ts";
import { HOST_OPTIONS, NAMED_ROLES } from "../roles/table.ts";
import { PROCESSOR_RANGES } from "./processors.ts";
import { PROGRAM_RANGES } from "./program.ts";
import { EVENT_TIME, RTT, SEED, scenarioSchema } from "./schema.ts";
import { WITHIN_RANGES } from "./within.ts";

type Path = readonly PropertyKey[];

/** Every problem with the shape of a parsed file. */
export function shapeProblems(file: unknown): Problem[] {
  const result = scenarioSchema.safeParse(file);
  return result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, file));
}

/** `["links", "wan-a", "between", 0]` -> `links.wan-a.between[0]`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return "the whole file";
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key) || '""'}`))
    .join("");
}

function problemsOf(issue: z.core.$ZodIssue, file: unknown): Problem[] {
  const path = formatPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(issue.path).join(", ");
    return issue.keys.map((key) => ({
      code: "E_UNKNOWN_KEY",
      path: formatPath([...issue.path, key]),
      message: "this key is not known",
      allowed,
    }));
  }
  const value = valueAt(file, issue.path);
  const allowed = rangeAt(issue.path);
  if (value === undefined) return [{ code: "E_MISSING_KEY", path, message: "is missing", allowed }];
  if (issue.code === "invalid_type") {
    return [
      { code: "E_WRONG_TYPE", path, message: `${show(value)} is ${kindOf(value)}`, allowed: allowed || issue.expected },
    ];
  }
  const inForm = issue.code === "too_big" || issue.code === "too_small" || isInForm(value, issue.path);
  return [
    inForm
      ? { code: "E_OUT_OF_RANGE", path, message: `${show(value)} is out of range`, allowed }
      : { code: "E_BAD_VALUE", path, message: `${show(value)} cannot be read`, allowed },
  ];
}

/** Ranges by key; the table of impairments has theirs. */
const FIELD_RANGES = new Map<string, string>([
  ...Object.values(FIELDS).map(({ key, range }) => [key, range] as const),
  ...Object.entries(HOST_OPTIONS).map(([name, option]) => [name, optionKind(option).allowed] as const),
]);

const RANGES = new Map(
  Object.entries({
    title: "a line of 1 to 120 characters",
    networks: "networks by name",
    mgmt: "subnet of the management network, as in {subnet: 10.9.0.0/24}",
    hosts: "hosts by name",
    links: "links by name",
    ports: "1 to 65535 by service",
    subnet: "a subnet such as 10.9.1.0/24",
    role: NAMED_ROLES.join(", "),
    ...PROCESSOR_RANGES,
    ...PROGRAM_RANGES,
    ...WITHIN_RANGES,
    on: "the name of a network",
    environment: "texts by name of variable; put numbers into quotes",
    between: "two names of networks, as in [site-a, servers]",
    rtt: RTT.allowed,
    seed: SEED.allowed,
    events: "a list of {at, link, set} or {at, link, down}",
    at: EVENT_TIME.allowed,
    down: EVENT_TIME.allowed,
    link: "the name of a link",
    set: `a mapping with rtt, ${[...FIELD_BY_KEY.keys()].join(", ")}, forward, backward`,
    forward: `${[...FIELD_BY_KEY.keys()].join(", ")} of this direction`,
    backward: `${[...FIELD_BY_KEY.keys()].join(", ")} of this direction`,
  }),
);

function rangeAt(path: Path): string {
  const known = path.toReversed().map((key) => FIELD_RANGES.get(String(key)) ?? RANGES.get(String(key)));
  const isEntry = path.length === 2 && schemaAt(path) instanceof z.ZodObject;
  return isEntry
    ? `a mapping with ${keysAt(path).join(", ")}`
    : (known.find((range) => range !== undefined) ?? "a mapping with title, networks and hosts");
}

function isInForm(value: unknown, path: Path): boolean {
  const pattern = schemaAt(path)?.meta()?.pattern;
  return typeof value === "string" && typeof pattern === "string" && new RegExp(pattern).test(value);
}

function keysAt(path: Path): string[] {
  const schema = schemaAt(path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema of a place; undefined without one. */
function schemaAt(path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((schema, key) => {
    if (schema instanceof z.ZodObject) return unwrap(schema.shape[String(key)] as z.ZodType | undefined);
    if (schema instanceof z.ZodArray) return unwrap(schema.element as z.ZodType);
    return schema instanceof z.ZodRecord ? unwrap(schema.valueType as z.ZodType) : undefined;
  }, scenarioSchema);
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}

export function valueAt(file: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], file);
}

export function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}

export function show(value: unknown): string {
  const text = typeof value === "string" ? value : written(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A part that holds itself, by an alias, cannot be written. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "a part that holds itself";
  }
}
