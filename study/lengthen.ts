// Runs of about the length that a study asks for: as many requests or transfers, one after another,
// as take so long by the model's prediction. A run that measures for less than it takes to set and
// to judge it wastes most of a study's time. Pure, and before the first run, so that the plan says
// how many there are.

import type { Prediction } from "../analysis/results.ts";
import type { Problem } from "../lib/errors.ts";
import { predictedSeconds, thinkSeconds } from "./duration.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { type AskedMeasurement, measurementsIn } from "./measurements.ts";
import { MEASURES } from "./measures/table.ts";
import { predictAll } from "./predict.ts";

/**
 * The same cells; those whose measurement ends by itself after one repeat it. A study that goes on
 * has the predictions with which it began.
 */
export function lengthen(study: Study, cells: readonly StudyCell[], begun: readonly Prediction[] | null): StudyCell[] {
  const { lastingSeconds } = study;
  if (lastingSeconds === null) return [...cells];
  const predictions = begun ?? predictAll(study, cells).predictions;
  return cells.map((cell) => {
    const key = repeatedBy(cell);
    const seconds = predictedSeconds(cell, predictions);
    if (key === null || seconds === undefined) return cell;
    const count = countIn(lastingSeconds, measurementsIn(cell.settings).own, seconds);
    return { ...cell, settings: { ...cell.settings, [key]: String(count) } };
  });
}

/** At a rate requests begin when they are due, and users begin the next after one of `seconds`. */
function countIn(lastingSeconds: number, measurement: AskedMeasurement, seconds: number): number {
  const { rate, users = "1" } = measurement.words;
  if (rate !== undefined) return Math.max(1, Math.round(lastingSeconds * Number(rate)));
  return Number(users) * Math.max(1, Math.ceil(lastingSeconds / (seconds + thinkSeconds(measurement))));
}

/** Cells that cannot be so long. */
export function lengthProblems(study: Study, cells: readonly StudyCell[]): Problem[] {
  if (study.lastingSeconds === null) return [];
  const { predictions } = predictAll(study, cells);
  const problem = (message: string, allowed: string) => ({ code: "E_BAD_VALUE", path: "lasting", message, allowed });
  const unknown = cells.find((cell) => repeatedBy(cell) !== null && predictedSeconds(cell, predictions) === undefined);
  return [
    ...(cells.every((cell) => repeatedBy(cell) === null)
      ? [problem("no cell repeats anything", "cells of requests or transfers whose number is not given")]
      : []),
    ...(unknown === undefined
      ? []
      : [problem(`no model says how long ${unknown.id} takes`, "a model of a time in seconds")]),
  ];
}

/**
 * How often a run of the cell repeats its request, page or transfer: `12 transfers`; else empty.
 */
export function describeCount({ settings }: StudyCell): string {
  const { kind, words } = measurementsIn(settings).own;
  const word = MEASURES[kind]?.repeats ?? "";
  const count = words[word];
  return count === undefined || count === "1" ? "" : `${count} ${word}`;
}

/** Words that say how many there are, or how long they take. */
const LENGTHS = ["seconds", "replay"];

/** The setting that says how many; null if the cell says it, or how long, itself. */
function repeatedBy({ settings }: StudyCell): string | null {
  const { kind, place, words } = measurementsIn(settings).own;
  const word = MEASURES[kind]?.repeats;
  return word === undefined || [word, ...LENGTHS].some((one) => one in words) ? null : `${place}.${word}`;
}
