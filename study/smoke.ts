// A study made small, to see that it runs: a few cells spread over all of them, once each.

import type { Settings, Study, StudyCell } from "./file/study.ts";

const CELLS = 4;
/** Longer measurements are cut to this. */
const SECONDS = 5;

export function smokeOf(study: Study, cells: readonly StudyCell[]): { study: Study; cells: StudyCell[] } {
  const step = Math.max(1, (cells.length - 1) / (CELLS - 1));
  const chosen = new Set(Array.from({ length: Math.min(CELLS, cells.length) }, (_, index) => Math.round(index * step)));
  return {
    study: { ...study, repetitions: { atLeast: 1, atMost: 1, until: null } },
    cells: cells.filter((_, index) => chosen.has(index)).map(shortened),
  };
}

function shortened(cell: StudyCell): StudyCell {
  const shorter = ([key, text]: [string, string]) =>
    /^measure\.[^.]+\.seconds$/.test(key) && Number(text) > SECONDS ? [key, String(SECONDS)] : [key, text];
  return { ...cell, settings: Object.fromEntries(Object.entries(cell.settings).map(shorter)) as Settings };
}
