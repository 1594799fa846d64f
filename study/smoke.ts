// A reduced study that shows that it runs: a few cells spread over all of them, once each and
// briefly, so that it takes less than a minute.

import { conclusionProblems } from "../analysis/conclude/conclude.ts";
import { plotProblems } from "../analysis/plots/cells.ts";
import { parseQuantity } from "../lib/units.ts";
import { secondsIn } from "./duration.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";

const CELLS = 4;

interface Bound {
  most: number;
  /** Instead of more. */
  text: string;
  amount(text: string): number;
}

const TWO_SECONDS: Bound = { most: 2, text: "2s", amount: secondsIn };

/** By word of a measurement. */
const BOUNDS: Readonly<Record<string, Bound>> = {
  seconds: { most: 2, text: "2", amount: secondsIn },
  warmup: TWO_SECONDS,
  cooldown: TWO_SECONDS,
  after: TWO_SECONDS,
  requests: { most: 2, text: "2", amount: Number },
  transfers: { most: 2, text: "2", amount: Number },
  bytes: { most: 2 ** 20, text: "1MiB", amount: (text) => parseQuantity(text, "bytes") ?? 0 },
};

export function smokeOf(study: Study, cells: readonly StudyCell[]): { study: Study; cells: StudyCell[] } {
  const step = Math.max(1, (cells.length - 1) / (CELLS - 1));
  const places = new Set(Array.from({ length: Math.min(CELLS, cells.length) }, (_, index) => Math.round(index * step)));
  // Events keep their times, so a measurement with some keeps its own.
  const asIs = study.events.length > 0;
  const chosen = cells.filter((_, index) => places.has(index)).map((cell) => (asIs ? cell : shortened(cell)));
  const once = { ...study, isSmoke: true, repetitions: { atLeast: 1, atMost: 1, until: null } };
  return { study: { ...once, ...sayable(once, chosen) }, cells: chosen };
}

/** Sentences and plots of these cells alone; a smoke does not measure the others. */
function sayable(study: Study, cells: readonly StudyCell[]): Pick<Study, "hypothesisHolds" | "conclusions" | "plots"> {
  const manifest = manifestOf(study, cells, NOWHERE);
  const { hypothesis, conclusions } = conclusionProblems(manifest);
  return {
    hypothesisHolds: hypothesis.length === 0 ? study.hypothesisHolds : null,
    conclusions: study.conclusions.filter((_, index) => conclusions[index]?.length === 0),
    plots: study.plots.filter((one) => plotProblems({ ...manifest, plots: [one] }).length === 0),
  };
}

function shortened(cell: StudyCell): StudyCell {
  const shorter = ([key, text]: [string, string]): [string, string] => {
    const [, word = ""] = /^(?:measure|beside)\.[^.]+\.([a-z]+)$/.exec(key) ?? [];
    const bound = BOUNDS[word];
    return [key, bound !== undefined && bound.amount(text) > bound.most ? bound.text : text];
  };
  return { ...cell, settings: Object.fromEntries(Object.entries(cell.settings).map(shorter)) };
}
