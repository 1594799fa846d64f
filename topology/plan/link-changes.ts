// How a running link's settings differ from those the scenario says, in words.

import { isDeepStrictEqual } from "node:util";
import type { LinkSettings } from "../../lib/link.ts";
import { DIRECTIONS, IMPAIRMENT_BY_KEY } from "../model/link-settings.ts";

/**
 * `forward delay is 20ms, not 50ms` for each difference; empty when the settings will do.
 * A scenario without a seed wants a fresh one each time, so it takes any.
 */
export function linkChanges(held: LinkSettings, wanted: LinkSettings): string[] {
  const fields = DIRECTIONS.flatMap((side) =>
    [...IMPAIRMENT_BY_KEY].flatMap(([key, { field, impairment }]) => {
      const [is, should] = [held[side][field], wanted[side][field]];
      if (isDeepStrictEqual(is, should)) return [];
      return [`${side} ${key} is ${impairment.format(is)}, not ${impairment.format(should)}`];
    }),
  );
  const seeds =
    wanted.seed === null || held.seed === wanted.seed ? [] : [`seed is ${held.seed ?? "none"}, not ${wanted.seed}`];
  return [...fields, ...seeds];
}
