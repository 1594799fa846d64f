// Progress of a study, as its runner reports it to the testbed's `usage` (op `study`), which
// exports it for the live page.

import { type Problem, RttlabError } from "../errors.ts";

export interface CellProgress {
  cell: string;
  /** That count, and that do not. */
  runs: number;
  voids: number;
  /** Of the runs that count, in the unit of the quantity; null while there is none. */
  mean: number | null;
  /** Half the width of the mean's 95 % interval, by the mean; null while there is none. */
  halfWidthRatio: number | null;
}

export interface StudyProgress {
  study: string;
  /** ISO 8601; names this run of the study. */
  startedAt: string;
  /** The cell that is measured now, and which repetition, from 1. */
  cell: string;
  repetition: number;
  /** Whose mean and interval the cells have: the one that decides, or the first. */
  quantity: string;
  unit: string;
  runs: { done: number; voids: number; leftAtLeast: number; leftAtMost: number };
  secondsLeftAtMost: number;
  /** Those that have runs at first, then those that have changed. */
  cells: readonly CellProgress[];
}

/** E_REQUEST with every problem. null: no study runs. */
export function readStudyProgress(given: unknown): StudyProgress | null {
  if (given === null) return null;
  const at = (typeof given === "object" ? given : {}) as Record<string, unknown>;
  const runs = (at.runs ?? {}) as Record<string, unknown>;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isText = (value: unknown) => typeof value === "string";
  const isNumber = (value: unknown) => value === null || Number.isFinite(value);
  const areCells =
    Array.isArray(at.cells) &&
    at.cells.every(
      (cell: Record<string, unknown> | null) =>
        isText(cell?.cell) &&
        [cell?.runs, cell?.voids].every(isCount) &&
        [cell?.mean, cell?.halfWidthRatio].every(isNumber),
    );
  const checks: [path: string, isGood: boolean, allowed: string][] = [
    ...["study", "startedAt", "cell", "quantity", "unit"].map((key): [string, boolean, string] => [
      key,
      isText(at[key]),
      "a text",
    ]),
    ["repetition", isCount(at.repetition), "a whole number"],
    ["secondsLeftAtMost", isNumber(at.secondsLeftAtMost) && at.secondsLeftAtMost !== null, "a number"],
    ...["done", "voids", "leftAtLeast", "leftAtMost"].map((key): [string, boolean, string] => [
      `runs.${key}`,
      isCount(runs[key]),
      "a whole number",
    ]),
    ["cells", areCells, "cells with their counts and means"],
  ];
  const problems = checks.flatMap(([path, isGood, allowed]): Problem[] =>
    isGood ? [] : [{ code: "E_BAD_VALUE", path: `progress.${path}`, message: "is not valid", allowed }],
  );
  if (problems.length > 0) throw new RttlabError("E_REQUEST", "taking a study's progress: refused", { problems });
  return given as StudyProgress;
}
