// Cells in words: each factor that a selection names, with the levels that it combines.

import { formatLevel } from "../format.ts";
import type { Factor, Selection } from "../results.ts";

export function describeSelection(selection: Selection, factors: readonly Factor[]): string {
  const parts = factors.flatMap((factor) => {
    const levels = [selection[factor.name] ?? []].flat();
    return levels.length === 0 ? [] : [levelsOf(factor, levels)];
  });
  return parts.join(" with ");
}

/** `round-trip time 10 ms or 50 ms`; if its label ends in a unit, `window of 1 or 2 segments`. */
function levelsOf({ label, unit }: Factor, levels: readonly (number | string)[]): string {
  const texts = levels.map((level) => formatLevel(level, unit));
  const choice = [texts.slice(0, -1).join(", "), texts.at(-1)].filter((text) => text !== "").join(" or ");
  const [, what, counted] = /^(.+), ([^,]+)$/.exec(label) ?? [];
  return what === undefined ? `${label} ${choice}` : `${what} of ${choice} ${counted}`;
}
