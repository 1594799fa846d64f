// Whether a study reproduced. Each cell and quantity that both studies have is the same, different
// or inconclusive, over runs. Same: two one-sided tests show the ratio within the margin.
// Different: not shown the same, and the means differ after correction for all cells (Holm).
// Otherwise the runs are too few or too scattered to decide.

import type { Analysis } from "./analyse.ts";
import type { Cell } from "./results.ts";
import { equivalence } from "./stats/equivalence.ts";
import type { Estimate } from "./stats/estimate.ts";
import { holm } from "./stats/holm.ts";
import { ratioOfMeans } from "./stats/ratio.ts";

export type Verdict = "same" | "different" | "inconclusive";

export interface CellComparison {
  cell: Cell;
  quantity: string;
  /** Second over first. */
  ratio: Estimate;
  verdict: Verdict;
}

export interface Comparison {
  cells: readonly CellComparison[];
  /** Ids that only one study has measured. */
  unmatched: readonly string[];
  /**
   * Different if any cell is; otherwise inconclusive if any cell is, or if none could be compared.
   */
  verdict: Verdict;
}

/**
 * `margin` 0.05: ratios from 1/1.05 to 1.05 count as the same. For the named quantities, or for
 * all.
 */
export function compareStudies(
  first: Analysis,
  second: Analysis,
  {
    margin,
    quantities = first.manifest.quantities.map(({ name }) => name),
  }: { margin: number; quantities?: readonly string[] },
): Comparison {
  const others = new Map(second.cells.map((summary) => [summary.cell.id, summary]));
  const tests = first.cells.flatMap(({ cell, quantities: summaries }) =>
    quantities.flatMap((quantity) => {
      const values = summaries.get(quantity)?.values ?? [];
      const again = others.get(cell.id)?.quantities.get(quantity)?.values ?? [];
      if (values.length === 0 || again.length === 0) return [];
      return [{ cell, quantity, ...equivalence(ratioOfMeans(again, values), margin) }];
    }),
  );
  const judged = tests.filter(({ differenceProbability }) => differenceProbability !== null);
  const corrected = holm(judged.map(({ differenceProbability }) => differenceProbability as number));
  const differing = new Set(judged.filter((_, index) => corrected[index]?.isRejected));
  const cells = tests.map((test): CellComparison => {
    const { cell, quantity, ratio, isEquivalent } = test;
    return {
      cell,
      quantity,
      ratio,
      verdict: isEquivalent ? "same" : differing.has(test) ? "different" : "inconclusive",
    };
  });
  return { cells, unmatched: unmatched(first, second), verdict: overall(cells) };
}

function overall(cells: readonly CellComparison[]): Verdict {
  if (cells.some(({ verdict }) => verdict === "different")) return "different";
  return cells.length > 0 && cells.every(({ verdict }) => verdict === "same") ? "same" : "inconclusive";
}

function unmatched(first: Analysis, second: Analysis): string[] {
  const measured = ({ cells }: Analysis) =>
    new Set(cells.filter(({ runs }) => runs.length > 0).map(({ cell }) => cell.id));
  return [...measured(first).symmetricDifference(measured(second))];
}
