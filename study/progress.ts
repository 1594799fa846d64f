// The progress of a study for its watchers: the running cell, the runs done and left, and the
// interval so far of each cell, for the first quantity that the study is about. Pure.

import type { Run } from "../analysis/results.ts";
import { mean } from "../analysis/stats/summary.ts";
import { subjectsOf } from "../analysis/subjects.ts";
import type { CellProgress, StudyProgress } from "../lib/contract/study-progress.ts";
import { meanRunSeconds } from "./duration.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";
import { type NextRun, runsLeft } from "./next-run.ts";
import { halfWidthRatio } from "./stop.ts";

/**
 * Returns the progress before each run: at first with all cells that have runs, then with the one
 * that has changed.
 */
export function accountOf(
  study: Study,
  cells: readonly StudyCell[],
  startedAt: string,
): (runs: readonly Run[], next: NextRun) => StudyProgress {
  const manifest = manifestOf(study, cells, NOWHERE);
  const meanSeconds = meanRunSeconds(cells, manifest.predictions);
  const [quantity = ""] = subjectsOf(manifest).subjects;
  const unit = manifest.quantities.find(({ name }) => name === quantity)?.unit ?? "";
  let isFirst = true;
  return (runs, { cell, block }) => {
    const left = runsLeft(study, cells, runs);
    const changed = new Set(isFirst ? runs.map((run) => run.cell) : runs.slice(-1).map((run) => run.cell));
    isFirst = false;
    return {
      study: study.name,
      startedAt,
      cell: cell.id,
      repetition: block + 1,
      quantity,
      unit,
      runs: {
        done: runs.length,
        voids: runs.filter(({ voidReason }) => voidReason !== null).length,
        leftAtLeast: left.atLeast,
        leftAtMost: left.atMost,
      },
      secondsLeftAtMost: left.atMost * meanSeconds,
      cells: [...changed].map((id) => cellProgress(id, runs, quantity)),
    };
  };
}

function cellProgress(id: string, runs: readonly Run[], quantity: string): CellProgress {
  const own = runs.filter(({ cell }) => cell === id);
  const valid = own.filter(({ voidReason }) => voidReason === null);
  const values = valid.map(({ values }) => values[quantity] ?? null).filter((value) => value !== null);
  return {
    cell: id,
    runs: valid.length,
    voids: own.length - valid.length,
    mean: values.length === 0 ? null : mean(values),
    halfWidthRatio: halfWidthRatio(own, quantity),
  };
}
