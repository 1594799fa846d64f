// A reduced study that shows that it runs: a few cells spread over all of them, once each.

import { conclusionProblems, hypothesisProblems } from "../analysis/conclude/conclude.ts";
import { plotProblems } from "../analysis/plots/cells.ts";
import type { Settings, Study, StudyCell } from "./file/study.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";

const CELLS = 4;
/** Longer measurements are cut to this. */
const SECONDS = 5;

export function smokeOf(study: Study, cells: readonly StudyCell[]): { study: Study; cells: StudyCell[] } {
  const step = Math.max(1, (cells.length - 1) / (CELLS - 1));
  const places = new Set(Array.from({ length: Math.min(CELLS, cells.length) }, (_, index) => Math.round(index * step)));
  const chosen = cells.filter((_, index) => places.has(index)).map(shortened);
  const once = { ...study, repetitions: { atLeast: 1, atMost: 1, until: null } };
  return { study: { ...once, ...sayable(once, chosen) }, cells: chosen };
}

/** What can be said and drawn of these cells alone; a smoke does not measure the others. */
function sayable(study: Study, cells: readonly StudyCell[]): Pick<Study, "hypothesisHolds" | "conclusions" | "plots"> {
  const manifest = manifestOf(study, cells, NOWHERE);
  return {
    hypothesisHolds: hypothesisProblems(manifest).length === 0 ? study.hypothesisHolds : null,
    conclusions: study.conclusions.filter(
      (one) => conclusionProblems({ ...manifest, conclusions: [one] }).length === 0,
    ),
    plots: study.plots.filter((one) => plotProblems({ ...manifest, plots: [one] }).length === 0),
  };
}

function shortened(cell: StudyCell): StudyCell {
  const shorter = ([key, text]: [string, string]) =>
    /^(measure|beside)\.[^.]+\.seconds$/.test(key) && Number(text) > SECONDS ? [key, String(SECONDS)] : [key, text];
  return { ...cell, settings: Object.fromEntries(Object.entries(cell.settings).map(shorter)) as Settings };
}
