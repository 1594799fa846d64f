// Requests of open loads that were dropped because too many waited already. They have no time, and
// would have had the longest, so the times of a cell with some are those of the lucky ones.

import type { CellSummary } from "../cells.ts";
import { numbered } from "../format.ts";
import type { Run } from "../results.ts";

/** The threat that they are; null: none were dropped. */
export function droppedThreat(cells: readonly Pick<CellSummary, "runs">[]): string | null {
  const shares = cells.map(({ runs }) => Math.max(0, ...runs.flatMap(sharesIn))).filter((share) => share > 0);
  if (shares.length === 0) return null;
  const most = Number((100 * Math.max(...shares)).toPrecision(2));
  return `In ${numbered(shares.length, "cell")} requests were dropped, in a run up to ${most} % of them: they have no time, and what is said of times is of the others, which waited less.`;
}

/** Of each measurement of a run, those beside the cell's own too (`secondDroppedRequests`). */
function sharesIn({ values }: Run): number[] {
  return Object.entries(values).flatMap(([name, dropped]) => {
    const [, beside = "", initial] = /^(.*)(d|D)roppedRequests$/.exec(name) ?? [];
    if (initial === undefined || dropped === null || dropped === 0) return [];
    const completed = values[`${beside}${initial === "d" ? "r" : "R"}equests`] ?? 0;
    return [dropped / (dropped + completed)];
  });
}
