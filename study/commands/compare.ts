// `study compare FOLDER FOLDER`: whether a study reproduced. Each cell is the same, different or
// inconclusive, by tests against a margin, over runs. Exit 0 if all are the same, 1 if any differs,
// 5 if that is inconclusive, as it is where only one study has measured a cell.

import { analyse } from "../../analysis/analyse.ts";
import { compareStudies } from "../../analysis/compare.ts";
import type { Manifest } from "../../analysis/results.ts";
import { columns } from "../../lib/columns.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { readResults } from "../results/store.ts";

const MARGIN = "5%";
const EXITS = { same: 0, different: 1, inconclusive: 5 } as const;

export async function compare(
  [first = "", second = "", word = `margin=${MARGIN}`]: string[],
  output: Output,
): Promise<number> {
  const [, percent] = /^margin=(\d+(?:\.\d+)?)%$/.exec(word) ?? [];
  if (percent === undefined)
    throw new RttlabError("E_USAGE", `comparing: ${word} is no margin, such as margin=${MARGIN}`);
  const [one, other] = await Promise.all([readResults(first), readResults(second)]);
  const margin = Number(percent) / 100;
  const comparison = compareStudies(analyse(one.manifest, one.runs), analyse(other.manifest, other.runs), {
    margin,
    quantities: statedQuantities(one.manifest),
  });
  await output.result({ first, second, margin, ...comparison }, () =>
    [
      columns([
        ...comparison.cells.map(({ cell, quantity, ratio, verdict }) => [
          verdict,
          quantity,
          cell.id,
          `x ${ratio.value.toPrecision(4)}`,
        ]),
        ...comparison.unmatched.map((id) => ["only in one", id]),
      ]),
      `${comparison.verdict}, against a margin of ${percent} %`,
    ].join("\n"),
  );
  return EXITS[comparison.verdict];
}

/**
 * The quantities of the study's statements: predicted, drawn, or compared; all measured ones
 * without statements.
 */
function statedQuantities({ predictions, effects, plots, quantities }: Manifest): string[] {
  const stated = [
    ...predictions.map(({ quantity }) => quantity),
    ...effects.map(({ quantity }) => quantity),
    ...plots.flatMap((plot) => (plot.kind === "trace" ? [] : plot.quantities)),
  ];
  return stated.length === 0 ? quantities.map(({ name }) => name) : [...new Set(stated)];
}
