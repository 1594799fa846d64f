// The line that a study prints after each run: how many runs there are, the cell, what became of
// the run, and the most time left.

import type { Run } from "../../analysis/results.ts";
import { describeSeconds, meanRunSeconds } from "../duration.ts";
import type { Study, StudyCell } from "../file/study.ts";
import { runsLeft } from "../next-run.ts";
import { predictAll } from "../predict.ts";
import { halfWidthRatio } from "../stop.ts";

/** Returns the line of a cell's run, which is among `runs`. */
export function runLines(
  study: Study,
  cells: readonly StudyCell[],
): (cell: StudyCell, runs: readonly Run[], run: Run) => string {
  const meanSeconds = meanRunSeconds(cells, predictAll(study, cells).predictions);
  return (cell, runs, run) => {
    const left = runsLeft(study, cells, runs);
    const ahead = `${left.atLeast} to ${left.atMost} left, at most ${describeSeconds(left.atMost * meanSeconds)}`;
    return `[${runs.length}] ${cell.id}${stateOf(run, runs, study)}; ${ahead}`;
  };
}

/** Why the run is void, or the cell's interval so far, if the study goes on until it is narrow. */
function stateOf({ cell, voidReason }: Run, runs: readonly Run[], { repetitions: { until } }: Study): string {
  if (voidReason !== null) return `, void: ${voidReason}`;
  if (until === null) return "";
  const ofCell = runs.filter((each) => each.cell === cell);
  const width = halfWidthRatio(ofCell, until.quantity);
  return width === null ? "" : `, ± ${(width * 100).toFixed(1)} %`;
}
