// Levels that a later factor hides, and places in values that no level fills. Where two factors set
// a key in a cell, the later one's level is an exception from the earlier one's. Those must remain
// visible, or the cells would have names of levels that no run ever had.

import type { Level } from "../../analysis/results.ts";
import type { Problem } from "../../lib/errors.ts";
import { placed } from "./settings.ts";
import type { Study, StudyCell, StudyFactor } from "./study.ts";

/**
 * A level must set something in each of its cells, and a factor each of its keys in one cell at
 * least.
 */
export function hiddenLevels({ factors }: Pick<Study, "factors">, cells: readonly StudyCell[]): Problem[] {
  return factors.flatMap((factor, index) => {
    const laterOnes = factors.slice(index + 1);
    const places = cells.map((cell) => {
      const isHidden = (key: string) => laterOnes.some((later) => keysIn(later, cell).includes(key));
      const { hidden = [], applied = [] } = Object.groupBy(keysIn(factor, cell), (key) =>
        isHidden(key) ? "hidden" : "applied",
      );
      return { hidden, applied };
    });
    const ever = new Set(places.flatMap(({ applied }) => applied));
    const lost = places.flatMap(({ hidden, applied }) =>
      hidden.filter((key) => applied.length === 0 || !ever.has(key)),
    );
    return [...new Set(lost)].flatMap((key) =>
      laterOnes
        .filter((later) => cells.some((cell) => keysIn(later, cell).includes(key)))
        .map((later) => ({
          code: "E_CONFLICTING_KEYS",
          path: `factors.${later.name}`,
          message: `sets ${key} and so hides the levels of ${factor.name}`,
          allowed: "a key of one factor, or of exceptions that leave each level something to set",
        })),
    );
  });
}

/** Places in values, such as `/files/{size}`, that are left because no factor has the name. */
export function emptyPlaces(
  { factors }: Pick<Study, "factors">,
  cells: readonly StudyCell[],
  pathOf: (key: string) => string,
): Problem[] {
  const allowed = factors.map(({ name }) => name).join(", ");
  const found = cells.flatMap(({ settings }) =>
    Object.entries(settings).flatMap(([key, text]) =>
      [...text.matchAll(/\{(\w*)\}/g)].map(([, name = ""]): Problem => {
        const message = name === "" ? "no factor has its level put there" : `there is no factor ${name}`;
        return { code: "E_UNKNOWN_FACTOR", ...placed(key, pathOf(key), { message }), allowed };
      }),
    ),
  );
  return [...new Map(found.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

function keysIn({ name, settings }: StudyFactor, { levels }: StudyCell): string[] {
  return Object.keys(settings.get(levels[name] as Level) ?? {});
}
