// A study file without its misshapen parts, so that a mistake in a plot does not hide those in the
// settings. Only parts on which no other depends can be left out, because a study without its
// factors, say, would be wrong everywhere.

import type { z } from "zod";
import { type StudyFile, studySchema } from "./schema.ts";

const PARTS = [
  "hypothesisHolds",
  "events",
  "lasting",
  "mayDrop",
  "maySaturate",
  "needs",
  "effects",
  "plots",
  "conclude",
  "threats",
];
/** Parts that a study must have, as they are where the file's own are misshapen. */
const STAND_INS = { title: "?", question: "?", hypothesis: "?", seed: 1, repetitions: 1 };

/** Null if nothing is left that could be checked. */
export function wellShaped(value: unknown, issues: readonly z.core.$ZodIssue[]): StudyFile | null {
  if (typeof value !== "object" || value === null) return null;
  const misshapen = new Set(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  );
  const known = Object.keys(studySchema.shape);
  const spared = [...PARTS, ...Object.keys(STAND_INS)];
  if ([...misshapen].some((part) => known.includes(part) && !spared.includes(part))) return null;
  const rest = Object.fromEntries(Object.entries(value).filter(([part]) => !misshapen.has(part)));
  return studySchema.safeParse({ ...STAND_INS, ...rest }).data ?? null;
}
