// The one reader of inputs that are a name and a value each: environments, words and requests. It
// reads all of them before it reports, and lists every problem (docs/decisions/0011-fields.md).

import { type Problem, RttlabError } from "../errors.ts";
import type { Kind, TextKind } from "./kinds.ts";

export interface Field<Value> extends Kind<Value> {
  /** The value of a field that is left out. Without one it must be given. */
  usual?: Value;
  /** Its variable, where it is read from an environment. */
  variable?: string;
}

/** A field for each property of the record that is read. */
export type Fields<Read> = { readonly [Name in keyof Read]: Field<Read[Name]> };

/** The result of reading. The values are whole if there is no problem. */
export interface Reading<Read> {
  values: Read;
  problems: Problem[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads an object of JSON. `at` stands before the names in paths, such as `progress.`. */
export function readObject<Read>(fields: Fields<Read>, given: unknown, at = ""): Reading<Read> {
  const object = isObject(given) ? given : {};
  return readEach(fields, (name, field) => {
    const value = object[name] === undefined ? field.usual : object[name];
    return field.accepts(value) ? { value } : { problem: outOfRange(`${at}${name}`, value, field.allowed) };
  });
}

/** A problem for each name of an object that is no field and none of `others`. */
export function unknownNames(fields: object, given: unknown, at = "", others: readonly string[] = []): Problem[] {
  const names = Object.keys(fields);
  const unknown = Object.keys(isObject(given) ? given : {}).filter((name) => ![...names, ...others].includes(name));
  return unknown.map((name) => unknownName(`${at}${name}`, names));
}

/** The problem of a name that is none of those allowed. */
export function unknownName(path: string, names: readonly string[]): Problem {
  return { code: "E_UNKNOWN_KEY", path, message: "is not known here", allowed: names.join(", ") };
}

/** Reads an environment. A variable that is set to nothing is not given. */
export function readVariables<Read>(fields: Fields<Read>, environment: Environment): Reading<Read> {
  return readTexts(fields, (_, { variable = "" }) => ({ path: variable, text: environment[variable] || undefined }));
}

/** Reads texts, wherever they are from. `find` gives the place of a field's text, and the text. */
export function readTexts<Read>(
  fields: Fields<Read>,
  find: (name: keyof Read, field: Field<unknown>) => { path: string; text: string | undefined },
): Reading<Read> {
  return readEach(fields, (name, field) => {
    const { path, text } = find(name as keyof Read, field);
    return text === undefined && field.usual !== undefined ? { value: field.usual } : readText(field, path, text);
  });
}

/** The value of a text, or the problem of one that is missing or means no value. */
export function readText<Value>(kind: TextKind<Value>, path: string, text: string | undefined): Found<Value> {
  const { allowed } = kind;
  if (text === undefined) return { problem: missing(path, allowed) };
  const value = kind.parse(text);
  if (value !== undefined) return { value };
  if (text === "") return { problem: { code: "E_BAD_VALUE", path, message: "is empty", allowed } };
  return kind.isInForm?.(text) === true
    ? { problem: { code: "E_OUT_OF_RANGE", path, message: `${text} is out of range`, allowed } }
    : { problem: { code: "E_BAD_VALUE", path, message: `${text} cannot be read`, allowed } };
}

/** The environment of a program, frozen. Throws E_BAD_ENVIRONMENT with every problem. */
export function readEnvironment<Read>(fields: Fields<Read>, environment: Environment): Read {
  const { values, problems } = readVariables(fields, environment);
  refuseEnvironment(problems);
  return Object.freeze(values);
}

/** Throws E_BAD_ENVIRONMENT if there are problems. */
export function refuseEnvironment(problems: Problem[]): void {
  if (problems.length > 0)
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the environment: some variables are missing or not valid", {
      problems,
    });
}

/** The problem of a value of JSON that is missing or not accepted. */
export function outOfRange(path: string, value: unknown, allowed: string): Problem {
  if (value === undefined) return missing(path, allowed);
  return { code: "E_OUT_OF_RANGE", path, message: `${JSON.stringify(value)} is not allowed`, allowed };
}

/** The problem of a value that must be given. */
export function missing(path: string, allowed: string): Problem {
  return { code: "E_MISSING_KEY", path, message: "is missing", allowed };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type Found<Value> = { value: Value } | { problem: Problem };

function readEach<Read>(
  fields: Fields<Read>,
  read: (name: string, field: Field<unknown>) => Found<unknown>,
): Reading<Read> {
  const found = Object.entries<Field<unknown>>(fields).map(([name, field]) => [name, read(name, field)] as const);
  return {
    values: Object.fromEntries(found.map(([name, each]) => [name, "value" in each ? each.value : undefined])) as Read,
    problems: found.flatMap(([, each]) => ("problem" in each ? each.problem : [])),
  };
}
