// Problems with the shape of a study file, in the words and codes of those of a scenario: the value
// that was found, and what is allowed in its place.

import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import { formatPath, kindOf, show, valueAt } from "../../topology/model/shape.ts";
import { studySchema } from "./schema.ts";

type Issue = z.core.$ZodIssue;

export function shapeProblems(issues: readonly Issue[], file: unknown): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, file));
}

function problemsOf(issue: Issue, file: unknown): Problem[] {
  const path = formatPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(issue.path).join(", ");
    return issue.keys.map((key) => {
      const place = formatPath([...issue.path, key]);
      return { code: "E_UNKNOWN_KEY", path: place, message: "this key is not known", allowed };
    });
  }
  const value = valueAt(file, issue.path);
  if (value === undefined) return [{ code: "E_MISSING_KEY", path, message: "is missing", allowed: "" }];
  return [{ path, ...faultOf(issue, value) }];
}

function faultOf(issue: Issue, value: unknown): Omit<Problem, "path"> {
  const found = show(value);
  switch (issue.code) {
    case "invalid_type": {
      if (!issue.message.startsWith(ZODS_WORDS)) return { code: "E_WRONG_TYPE", message: issue.message, allowed: "" };
      const allowed = TYPES[issue.expected] ?? issue.expected;
      const isNumber = typeof value === "number" && issue.expected === "int";
      if (isNumber) return { code: "E_BAD_VALUE", message: `${found} cannot be read`, allowed };
      return { code: "E_WRONG_TYPE", message: `${found} is ${kindOf(value)}`, allowed };
    }
    case "too_small":
      return { code: "E_OUT_OF_RANGE", message: `${found} is out of range`, allowed: fewest(issue) };
    case "too_big":
      return { code: "E_OUT_OF_RANGE", message: `${found} is out of range`, allowed: most(issue) };
    case "invalid_value":
      return { code: "E_BAD_VALUE", message: `${found} cannot be read`, allowed: issue.values.join(", ") };
    case "invalid_key":
      return { code: "E_BAD_VALUE", message: "is no name that it can have", allowed: "another" };
    default:
      return { code: "E_BAD_VALUE", message: issue.message, allowed: "" };
  }
}

/** Of a type, where the schema has none of its own. */
const ZODS_WORDS = "Invalid input";

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "a mapping",
  object: "a mapping",
};

function fewest({ minimum, origin, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === "string") return minimum === 1 ? "1 character or more" : `${minimum} characters or more`;
  return inclusive === false ? `more than ${minimum}` : `${minimum} or more`;
}

function most({ maximum, origin }: z.core.$ZodIssueTooBig): string {
  return origin === "string" ? `at most ${maximum} characters` : `at most ${maximum}`;
}

/** The keys of the map at a path, as far as the schema is a map there. */
function keysAt(path: readonly PropertyKey[]): string[] {
  const at = path.reduce<z.ZodType | undefined>((schema, key) => {
    const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    return inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined;
  }, studySchema);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
