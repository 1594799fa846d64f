// A resumption of a study in words: from which run on, and what was different from then on.

import type { Resumption } from "../results.ts";

export function describeResumption({ at, fromRun, otherwise, unknown = [] }: Resumption): string {
  const facts = Object.entries(otherwise).map(([name, value]) => `${name}: ${value}`);
  const changes =
    facts.length > 0
      ? `with other facts than before: ${facts.join("; ")}`
      : `with everything as before${unknown.length === 0 ? "" : ", as far as that is known"}`;
  const gaps = unknown.length === 0 ? "" : ` Its beginning did not keep: ${unknown.join(", ")}.`;
  return `Resumed ${at}, from run ${fromRun + 1} on, ${changes}.${gaps}`;
}
