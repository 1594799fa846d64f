// What a study is about: the quantities that its comparison and its threats are of.

import type { Manifest } from "./results.ts";

/**
 * The quantities that a study is about, because it predicts or compares them, or goes on measuring
 * until they are known well; without any, those that it draws, else all that it measures. `others`
 * are drawn beside them, often counts of rare events, which scatter by more than any narrow margin.
 */
export function subjectsOf({ predictions, effects, stopping, plots, quantities }: Manifest): {
  subjects: string[];
  others: string[];
} {
  const named = [
    ...predictions.map(({ quantity }) => quantity),
    ...effects.map(({ quantity }) => quantity),
    ...(stopping?.until == null ? [] : [stopping.until.quantity]),
  ];
  const drawn = plots.flatMap((plot) => (plot.kind === "trace" ? [] : plot.quantities));
  const measured = quantities.map(({ name }) => name);
  const subjects = new Set([named, drawn, measured].find((each) => each.length > 0));
  return { subjects: [...subjects], others: [...new Set(drawn).difference(subjects)] };
}
