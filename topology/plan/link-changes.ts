// Describes how a running link's settings differ from the scenario's.

import { isDeepStrictEqual } from "node:util";
import { FIELD_NAMES, FIELDS } from "../../lib/link/direction.ts";
import { DIRECTIONS, type LinkSettings } from "../../lib/link/link.ts";
import { describeValue } from "../../lib/link/text.ts";

/**
 * `forward delay is 20ms, not 50ms` for each difference; empty if the settings will do. A scenario
 * without a seed wants a fresh one each time, so it accepts any.
 */
export function linkChanges(held: LinkSettings, wanted: LinkSettings): string[] {
  const fields = DIRECTIONS.flatMap((side) =>
    FIELD_NAMES.flatMap((name) => {
      const [is, should] = [held[side][name], wanted[side][name]];
      if (isDeepStrictEqual(is, should)) return [];
      const [now, then] = [describeValue(name, is), describeValue(name, should)];
      // Two tables may have one name.
      return [`${side} ${FIELDS[name].key} is ${now === then ? `another ${now}` : `${now}, not ${then}`}`];
    }),
  );
  const seeds =
    wanted.seed === null || held.seed === wanted.seed ? [] : [`seed is ${held.seed ?? "none"}, not ${wanted.seed}`];
  return [...fields, ...seeds];
}
