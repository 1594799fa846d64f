// The quantities that a study is about. It is compared by them; its progress and the threats to its
// validity are of the first.

import type { Manifest } from "./results.ts";

/**
 * The quantities that a study is about: which decides when to stop measuring, then those that it
 * predicts, then those that it compares; without any, those that it draws, else all that it
 * measures. `others` are drawn beside them, often counts of rare events, which scatter by more than
 * any narrow margin.
 */
export function subjectsOf({ predictions, effects, stopping, plots, quantities }: Manifest): {
  subjects: string[];
  others: string[];
} {
  const named = [
    ...(stopping?.until == null ? [] : [stopping.until.quantity]),
    ...predictions.map(({ quantity }) => quantity),
    ...effects.map(({ quantity }) => quantity),
  ];
  const drawn = plots.flatMap((plot) => (plot.kind === "trace" ? [] : plot.quantities));
  const measured = quantities.map(({ name }) => name);
  const subjects = new Set([named, drawn, measured].find((each) => each.length > 0));
  return { subjects: [...subjects], others: [...new Set(drawn).difference(subjects)] };
}
