// docs/essay.md and its figures, from the template beside this file and the runs of a report. A
// number in the essay is written here, and nowhere by hand.

import { wrapped } from "../../lib/wrap.ts";
import { essayFigures } from "./figures.ts";
import { fill } from "./fill.ts";
import { readRuns } from "./runs.ts";

const NOTE = "<!-- Made from analysis/essay/essay.template.md by npm run generate. -->";
export const TEMPLATE = "analysis/essay/essay.template.md";
export const RUNS = "docs/reports/structures/runs.csv";

/** Content by path from the root. */
export async function essayFiles(template: string, csv: string): Promise<Record<string, string>> {
  const runs = readRuns(csv);
  const figures = Object.entries(await essayFigures(runs));
  return {
    "docs/essay.md": `${wrap(fill(template, runs))}\n\n${NOTE}\n`,
    ...Object.fromEntries(figures.map(([name, svg]) => [`docs/reports/structures/essay/${name}`, `${svg}\n`])),
  };
}

/** Paragraphs at 100 columns, for filled braces change their lines. Drawings stay as they are. */
function wrap(markdown: string): string {
  return markdown
    .trimEnd()
    .split("\n\n")
    .map((block) => (/^( {4}|!|#)/.test(block) ? block : wrapped(block, 100).join("\n")))
    .join("\n\n");
}
