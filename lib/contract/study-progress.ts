// Progress of a study, as its runner reports it to the testbed's `usage` (op `study`), which
// exports it for the live page.

import { RttlabError } from "../errors.ts";
import { json, number, orNull, text, whole } from "../fields/kinds.ts";
import { type Fields, readObject } from "../fields/read.ts";

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

const TEXT = text("a text", () => true);
const COUNT = whole(0, Number.MAX_SAFE_INTEGER, "a whole number");
const NUMBER = number(-Number.MAX_VALUE, Number.MAX_VALUE, "a number");

const CELL: Fields<CellProgress> = {
  cell: TEXT,
  runs: COUNT,
  voids: COUNT,
  mean: orNull(NUMBER),
  halfWidthRatio: orNull(NUMBER),
};
const RUNS: Fields<StudyProgress["runs"]> = { done: COUNT, voids: COUNT, leftAtLeast: COUNT, leftAtMost: COUNT };
const PROGRESS: Fields<Omit<StudyProgress, "runs">> = {
  study: TEXT,
  startedAt: TEXT,
  cell: TEXT,
  repetition: COUNT,
  quantity: TEXT,
  unit: TEXT,
  secondsLeftAtMost: NUMBER,
  cells: json("cells with their counts and means", areCells),
};

/** E_REQUEST with every problem. null: no study runs. */
export function readStudyProgress(given: unknown): StudyProgress | null {
  if (given === null) return null;
  const progress = readObject(PROGRESS, given, "progress.");
  const runs = readObject(RUNS, (given as Partial<StudyProgress> | undefined)?.runs, "progress.runs.");
  const problems = [...progress.problems, ...runs.problems];
  if (problems.length > 0) throw new RttlabError("E_REQUEST", "taking a study's progress: refused", { problems });
  return { ...progress.values, runs: runs.values };
}

function areCells(value: unknown): boolean {
  return Array.isArray(value) && value.every((cell) => readObject(CELL, cell).problems.length === 0);
}
