// Whether a study reproduced. Each cell and quantity that both studies have is the same, different
// or inconclusive, over runs. Same: two one-sided tests show the ratio within the margin.
// Different: a test shows it beyond the margin, or runs with some where the other study has none in
// any, after correction for all cells (Holm). Otherwise the runs are too few or too scattered, or
// the ratio too near the margin, to decide, or neither study can tell.

import { RttlabError } from "../lib/errors.ts";
import type { Analysis } from "./analyse.ts";
import { type CellSummary, canTell } from "./cells.ts";
import { type Differences, studyDifferences } from "./circumstances.ts";
import type { Cell } from "./results.ts";
import { absenceProbability } from "./stats/absence.ts";
import { rareRatio, rateEquivalence } from "./stats/count-ratio.ts";
import { equivalence } from "./stats/equivalence.ts";
import type { Estimate } from "./stats/estimate.ts";
import { holm } from "./stats/holm.ts";
import { type Ratio, ratioOfMeans } from "./stats/ratio.ts";

export type Agreement = "same" | "different" | "inconclusive";

export interface CellComparison {
  cell: Cell;
  quantity: string;
  /** Second over first; NaN where neither can tell. */
  ratio: Estimate;
  verdict: Agreement;
}

/** How many cells of a quantity are what. */
export type Tally = { quantity: string } & Record<Agreement, number>;

export interface Comparison {
  cells: readonly CellComparison[];
  quantities: readonly Tally[];
  /** Ids of cells that only one study has, or has measured. */
  unmatched: readonly string[];
  differences: Differences;
  /**
   * Different if any cell is; otherwise inconclusive if any cell is or has nothing to be compared
   * with, if none could be compared, or if the two asked for different things.
   */
  verdict: Agreement;
}

/**
 * `margin` 0.05: ratios from 1/1.05 to 1.05 count as the same. E_BAD_RESULTS for two different
 * studies, of which neither can reproduce the other.
 */
export function compareStudies(
  first: Analysis,
  second: Analysis,
  { margin, quantities }: { margin: number; quantities: readonly string[] },
): Comparison {
  const [one, other] = [first.manifest.name, second.manifest.name];
  if (one !== other)
    throw new RttlabError(
      "E_BAD_RESULTS",
      `comparing studies: the first results are of "${one}", the second of "${other}"; only results of one study can be compared`,
    );
  const unmatched = unmatchedCells(first, second);
  const pairs = pairedCells(first, second, unmatched);
  const tests = quantities.flatMap((quantity) =>
    comparedIn(quantity, pairs).map((pair) => {
      const [{ cell }] = pair;
      const [before, after] = pair.map((summary) => summary.quantities.get(quantity));
      const [values, again] = [before?.values ?? [], after?.values ?? []];
      const rare = rareRatio(after?.counted ?? null, before?.counted ?? null);
      const judged = rare === null ? equivalence(ratioOf(again, values), margin) : rateEquivalence(rare, margin);
      const differenceProbability = judged.differenceProbability ?? absenceProbability(again, values);
      return { cell, quantity, ...judged, differenceProbability };
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
  const differences = studyDifferences(first.manifest, second.manifest);
  const isWhole = cells.length > 0 && unmatched.length === 0 && differences.asked.length === 0;
  return { cells, quantities: tally(cells), unmatched, differences, verdict: overall(cells, isWhole) };
}

function tally(cells: readonly CellComparison[]): Tally[] {
  return [...Map.groupBy(cells, ({ quantity }) => quantity)].map(([quantity, own]) => {
    const count = (wanted: Agreement) => own.filter(({ verdict }) => verdict === wanted).length;
    return { quantity, same: count("same"), different: count("different"), inconclusive: count("inconclusive") };
  });
}

/** Constants are compared as they are, because 0 has no logarithm and a constant no spread. */
function ratioOf(again: readonly number[], values: readonly number[]): Ratio {
  const [now = Number.NaN, before = Number.NaN] = [constantOf(again), constantOf(values)];
  if (!(now >= 0 && before >= 0)) return ratioOfMeans(again, values);
  const value = now === before ? 1 : now / before;
  return { value, logarithm: Math.log(value), standardError: 0, degrees: again.length + values.length - 2 };
}

/** The value that all runs have, two of them or more; undefined if they differ. */
function constantOf([first, ...others]: readonly number[]): number | undefined {
  return others.length > 0 && others.every((other) => other === first) ? first : undefined;
}

function overall(cells: readonly CellComparison[], isWhole: boolean): Agreement {
  if (cells.some(({ verdict }) => verdict === "different")) return "different";
  return isWhole && cells.every(({ verdict }) => verdict === "same") ? "same" : "inconclusive";
}

function unmatchedCells(first: Analysis, second: Analysis): string[] {
  const isMeasured = ({ cells }: Analysis) => new Map(cells.map(({ cell, runs }) => [cell.id, runs.length > 0]));
  const [one, other] = [isMeasured(first), isMeasured(second)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((id) => one.get(id) !== other.get(id));
}

/** A cell in both studies. */
type Pair = readonly [CellSummary, CellSummary];

function pairedCells(first: Analysis, second: Analysis, unmatched: readonly string[]): Pair[] {
  const others = new Map(second.cells.map((summary) => [summary.cell.id, summary]));
  return first.cells.flatMap((summary) => {
    const other = others.get(summary.cell.id);
    return other === undefined || unmatched.includes(summary.cell.id) ? [] : [[summary, other] as const];
  });
}

/**
 * The cells that a quantity is compared in. Where it has no values neither study can tell, unless
 * other cells alone measure it, being of another kind.
 */
function comparedIn(quantity: string, pairs: readonly Pair[]): readonly Pair[] {
  const hasValues = (pair: Pair) => pair.some(({ quantities }) => (quantities.get(quantity)?.values.length ?? 0) > 0);
  const cannotTell = (pair: Pair) => pair.some((one) => one.runs.length === 0 || !canTell(one, quantity));
  return pairs.some(hasValues) ? pairs.filter((pair) => hasValues(pair) || cannotTell(pair)) : pairs;
}
