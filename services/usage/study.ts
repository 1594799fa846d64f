// The study that runs on the testbed, as its runner last reported it, for the live page. A killed
// runner reports no more, so its study is forgotten after a while.

import { Gauge, type Registry } from "prom-client";
import type { CellProgress, StudyProgress } from "../../lib/contract/study-progress.ts";

/** Longer than a run of any study takes. */
const FORGOTTEN_AFTER_MILLIS = 15 * 60_000;

/** Each has four series. Of a larger study, the cells measured last are shown. */
const MOST_CELLS = 200;

export interface RunningStudy {
  report(progress: StudyProgress | null, atMillis: number): void;
  /** The last report, with earlier cells; null: no study runs. */
  now(atMillis: number): StudyProgress | null;
}

export function runningStudy(): RunningStudy {
  let last: StudyProgress | null = null;
  let reportedAtMillis = 0;
  const cells = new Map<string, CellProgress>();
  return {
    report(progress, atMillis) {
      if (progress === null || progress.startedAt !== last?.startedAt) cells.clear();
      for (const cell of progress?.cells ?? []) {
        cells.delete(cell.cell); // so that it comes last
        cells.set(cell.cell, cell);
      }
      for (const cell of [...cells.keys()].slice(0, -MOST_CELLS)) cells.delete(cell);
      last = progress;
      reportedAtMillis = atMillis;
    },
    now(atMillis) {
      if (last === null || atMillis - reportedAtMillis > FORGOTTEN_AFTER_MILLIS) return null;
      return { ...last, cells: [...cells.values()] };
    },
  };
}

/** Fills the metrics of a study; call it after a reset of all metrics. */
export function studyMetrics(registers: Registry[]): (progress: StudyProgress | null) => void {
  const gauge = (name: string, help: string, ...labels: string[]) =>
    new Gauge({ name: `rttlab_study_${name}`, help, labelNames: ["study", ...labels], registers });
  const current = gauge("cell_running", "Repetition of the cell that is measured now, from 1", "cell");
  const done = gauge("runs_done", "Runs so far, void ones too");
  const voids = gauge("runs_void", "Runs so far that do not count");
  const leftAtLeast = gauge("runs_left_at_least", "Runs that are left if every interval is narrow at once");
  const leftAtMost = gauge("runs_left_at_most", "Runs that are left at the most");
  const seconds = gauge("seconds_left_at_most", "Time that is left at the most, as far as it can be said before");
  const ofCell = (name: string, help: string) => gauge(`cell_${name}`, help, "cell", "quantity", "unit");
  const cellRuns = ofCell("runs", "Runs of a cell that count");
  const cellVoids = ofCell("runs_void", "Runs of a cell that do not count");
  const mean = ofCell("mean", "Mean of the runs that count, in the unit that the label names");
  const width = ofCell("interval_ratio", "Half the width of the mean's 95 % interval, by the mean");
  return (progress) => {
    if (progress === null) return;
    const { study, cell, repetition, quantity, unit, runs, cells } = progress;
    current.set({ study, cell }, repetition);
    done.set({ study }, runs.done);
    voids.set({ study }, runs.voids);
    leftAtLeast.set({ study }, runs.leftAtLeast);
    leftAtMost.set({ study }, runs.leftAtMost);
    seconds.set({ study }, progress.secondsLeftAtMost);
    for (const one of cells) {
      const labels = { study, cell: one.cell, quantity, unit };
      cellRuns.set(labels, one.runs);
      cellVoids.set(labels, one.voids);
      if (one.mean !== null) mean.set(labels, one.mean);
      if (one.halfWidthRatio !== null) width.set(labels, one.halfWidthRatio);
    }
  };
}
