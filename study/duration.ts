// The duration of a study, as far as it is predictable: each run takes as long as its models
// predict, or as its measurement is set to, plus the overhead of a run.

import type { Prediction } from "../analysis/results.ts";
import { parseQuantity } from "../lib/units.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { type AskedMeasurement, measurementsIn } from "./measurements.ts";
import { MEASURES } from "./measures/table.ts";

/** Setting the cell, looking twice, judging and writing; longer over a long path. */
const BESIDE_SECONDS = 0.5;
/**
 * Quantities that are the time of all that a request, page or transfer takes; a page's before its
 * requests'.
 */
const WHOLE_TIMES = ["pageSeconds", "requestSeconds", "meanRequestSeconds"];
/** A run of unknown duration. */
const UNKNOWN_SECONDS = 5;

/** Seconds of one run of the cell. */
export function runSeconds(cell: StudyCell, predictions: readonly Prediction[]): number {
  const { own, beside } = measurementsIn(cell.settings);
  const predicted = predictedSeconds(cell, predictions);
  const known = predicted === undefined ? UNKNOWN_SECONDS : repeatedSeconds(own, predicted);
  const loads = MEASURES[own.kind]?.loads ?? 1;
  const others = beside.map((one) => givenSeconds(one) ?? 0);
  return BESIDE_SECONDS + Math.max(loads * (givenSeconds(own) ?? known), ...others);
}

/** Of one request, page or transfer of the cell, by its model; undefined: none says. */
export function predictedSeconds({ id }: StudyCell, predictions: readonly Prediction[]): number | undefined {
  const own = predictions.filter(({ cell }) => cell === id);
  const found = WHOLE_TIMES.flatMap((name) => own.filter(({ quantity }) => quantity === name));
  return found[0]?.value;
}

/** Until the cell's own measurement ends; null if its words do not say. */
export function measuredSeconds({ settings }: StudyCell): number | null {
  return givenSeconds(measurementsIn(settings).own);
}

/** Of so many requests or transfers: at a rate, or shared by the users, each with its pause. */
function repeatedSeconds(measurement: AskedMeasurement, seconds: number): number {
  const { kind, words } = measurement;
  const [count, users] = [Number(words[MEASURES[kind]?.repeats ?? ""] ?? "1"), Number(words.users ?? "1")];
  if (words.rate !== undefined) return (count - 1) / Number(words.rate) + seconds;
  return Math.max(1, count / users) * (seconds + thinkSeconds(measurement));
}

/** The pause after each request. */
export function thinkSeconds({ words }: AskedMeasurement): number {
  return secondsIn(words.think ?? "0");
}

/** Of the cell's own measurement, before what counts. */
export function warmupSeconds({ settings }: StudyCell): number {
  return secondsIn(measurementsIn(settings).own.words.warmup ?? "0");
}

/** Until a measurement ends by its own words; null if these do not say. */
function givenSeconds({ words }: AskedMeasurement): number | null {
  const time = (word: string) => secondsIn(words[word] ?? "0");
  return time("seconds") > 0 ? time("after") + time("warmup") + time("seconds") + time("cooldown") : null;
}

/** Of a time in a measurement's words: `2s`, `500ms`, or seconds as a number; 0 if it is none. */
export function secondsIn(text: string): number {
  const millis = parseQuantity(text, "millis");
  return millis === undefined ? Number(text) || 0 : millis / 1000;
}

/** Seconds of a run, on average over the cells. */
export function meanRunSeconds(cells: readonly StudyCell[], predictions: readonly Prediction[]): number {
  return cells.reduce((sum, cell) => sum + runSeconds(cell, predictions), 0) / cells.length;
}

/** Seconds of the whole study, with the fewest and with the most repetitions. */
export function studySeconds(
  { repetitions }: Study,
  cells: readonly StudyCell[],
  predictions: readonly Prediction[],
): { atLeast: number; atMost: number } {
  const block = cells.reduce((sum, cell) => sum + runSeconds(cell, predictions), 0);
  return { atLeast: block * repetitions.atLeast, atMost: block * repetitions.atMost };
}

export function describeSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
