// Published studies that were run again: records that are kept beside docs/reproduced.md, and the
// tables there. A record has what `study compare` found, and every cell that differs.

import type { Mark } from "../../lib/marked-text.ts";
import type { Comparison, Tally } from "../compare.ts";
import { formatEstimate } from "../format.ts";
import type { Manifest } from "../results.ts";

export const MARK: Mark = { name: "reproduced", by: "npm run study compare docs/reports/NAME results/MINE record" };

export interface Reproduction {
  study: string;
  /** Days on which the published study and the other began, as 2026-11-30. */
  published: string;
  again: string;
  margin: number;
  quantities: readonly Tally[];
  different: readonly { quantity: string; cell: string; ratio: string }[];
  /** Names of what was asked and found otherwise, and cells that only one has measured. */
  asked: readonly string[];
  found: readonly string[];
  unmatched: readonly string[];
}

export function reproductionOf(
  [published, again]: readonly [Manifest, Manifest],
  { cells, quantities, differences, unmatched }: Comparison,
  margin: number,
): Reproduction {
  const names = (changes: readonly { name: string }[]) => [...new Set(changes.map(({ name }) => kindOf(name)))];
  return {
    study: published.name,
    published: dayOf(published),
    again: dayOf(again),
    margin,
    quantities,
    different: cells
      .filter(({ verdict }) => verdict === "different")
      .map(({ quantity, cell, ratio }) => ({ quantity, cell: cell.id, ratio: formatEstimate(ratio) })),
    asked: names(differences.asked),
    found: names(differences.found),
    unmatched,
  };
}

/** Each image has a name of its own; that there are others is enough here. */
function kindOf(name: string): string {
  return name.startsWith("image ") ? "images" : name;
}

function dayOf({ startedAt }: Manifest): string {
  return startedAt.slice(0, 10);
}

/** Earlier records, but for those of the same two days and margin, and the new one, by study. */
export function withReproduction(earlier: readonly Reproduction[], one: Reproduction): Reproduction[] {
  const keyOf = ({ study, published, again, margin }: Reproduction) => [study, published, again, margin].join();
  return [...earlier.filter((other) => keyOf(other) !== keyOf(one)), one].sort((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1,
  );
}

/** A line of JSON for each. */
export function reproductionLines(all: readonly Reproduction[]): string {
  return all.map((one) => `${JSON.stringify(one)}\n`).join("");
}

export function readReproductions(lines: string): Reproduction[] {
  return lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

/** A Markdown table of the records by quantity, and one of the cells that differ, if any does. */
export function reproductionTables(all: readonly Reproduction[]): string {
  const head = ["study", "published", "again", "quantity", "margin", "same", "different", "inconclusive", "also"];
  const rows = all.flatMap((one) =>
    one.quantities.map(({ quantity, same, different, inconclusive }) => [
      `[${one.study}](reports/${one.study}/report.md)`,
      one.published,
      one.again,
      quantity,
      `${Number((one.margin * 100).toPrecision(12))} %`,
      `${same} of ${same + different + inconclusive}`,
      `${different}`,
      `${inconclusive}`,
      alsoOf(one),
    ]),
  );
  const differing = all.flatMap(({ study, again, different }) =>
    different.map(({ quantity, cell, ratio }) => [study, again, quantity, cell, `× ${ratio}`]),
  );
  const cells = table([["study", "again", "quantity", "cell", "again ÷ published"], ...differing]);
  return [table([head, ...rows]), ...(differing.length === 0 ? [] : [cells])].join("\n\n");
}

function alsoOf({ asked, found, unmatched }: Reproduction): string {
  return [
    ...(asked.length === 0 ? [] : [`asked otherwise: ${asked.join(", ")}`]),
    ...(unmatched.length === 0 ? [] : [`only in one: ${unmatched.join(", ")}`]),
    ...(found.length === 0 ? [] : [`found otherwise: ${found.join(", ")}`]),
  ].join("; ");
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
