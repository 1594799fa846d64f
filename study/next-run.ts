// The next run, from the study and the runs so far alone. So a killed study continues where it was,
// and the set of measured cells is the same. A void run is measured again at the end of its block,
// at most twice.

import type { Manifest, Run } from "../analysis/results.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { blockOrder } from "./order.ts";
import { isEnough } from "./stop.ts";

export interface NextRun<Cell = StudyCell> {
  cell: Cell;
  /** The repetition, from 0. */
  block: number;
  /** 0, and one more for each void run of this cell in this block. */
  attempt: number;
}

export const MOST_ATTEMPTS = 3;

type Plan = Pick<Study, "seed" | "repetitions">;

/** The next run, or null when the study is done. */
export function nextRun<Cell extends { id: string }>(
  study: Plan,
  cells: readonly Cell[],
  runs: readonly Run[],
): NextRun<Cell> | null {
  const byCell = Map.groupBy(runs, ({ cell }) => cell);
  // A block begins when those before it have nothing left, and no later run changes what they want.
  for (let block = runs.at(-1)?.block ?? 0; block < study.repetitions.atMost; block += 1) {
    const wanted = cells.filter(({ id }) => {
      const earlier = (byCell.get(id) ?? []).filter((run) => run.block < block);
      return !isEnough(earlier, study.repetitions);
    });
    const order = blockOrder(cells, study.seed, block).filter((cell) => wanted.includes(cell));
    const attempts = new Map(order.map((cell) => [cell, attemptsOf(byCell.get(cell.id) ?? [], block)]));
    const untried = order.find((cell) => attempts.get(cell)?.length === 0);
    if (untried !== undefined) return { cell: untried, block, attempt: 0 };
    const again = order.find((cell) => mayTryAgain(attempts.get(cell) ?? []));
    if (again !== undefined) return { cell: again, block, attempt: attempts.get(again)?.length ?? 0 };
  }
  return null;
}

/** Whether the results of a study hold every run that it asks for. */
export function hasAllRuns({ seed, stopping, cells }: Manifest, runs: readonly Run[]): boolean {
  return stopping === undefined || nextRun({ seed, repetitions: stopping }, cells, runs) === null;
}

/** The most runs left, and the fewest if no more are void. */
export function runsLeft({ repetitions }: Plan, cells: readonly StudyCell[], runs: readonly Run[]) {
  const byCell = Map.groupBy(runs, ({ cell }) => cell);
  const left = (most: number) =>
    cells.reduce((sum, { id }) => {
      const own = byCell.get(id) ?? [];
      return isEnough(own, repetitions) ? sum : sum + Math.max(0, most - countBlocks(own));
    }, 0);
  return { atLeast: left(repetitions.atLeast), atMost: left(repetitions.atMost) };
}

function countBlocks(runs: readonly Run[]): number {
  return new Set(runs.filter(({ voidReason }) => voidReason === null).map(({ block }) => block)).size;
}

function attemptsOf(runs: readonly Run[], block: number): Run[] {
  return runs.filter((run) => run.block === block);
}

function mayTryAgain(attempts: readonly Run[]): boolean {
  return attempts.length < MOST_ATTEMPTS && attempts.every(({ voidReason }) => voidReason !== null);
}
