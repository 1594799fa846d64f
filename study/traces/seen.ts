// From a run's traces to what its results have of them: the courses of connections, and the phases
// of those whose packets a link's ends captured.

import type { Run } from "../../analysis/results.ts";
import { coursesOf } from "../../analysis/traces/course.ts";
import { wireConnections } from "../../analysis/traces/wire.ts";
import type { Traced } from "./around.ts";

export function seenIn({ rows, captures }: Traced): Required<Pick<Run, "traces" | "wire">> {
  const ofLinks = Map.groupBy(captures, ({ name }) => name.replace(/-\d+$/, ""));
  const wire = [...ofLinks].flatMap(([link, ends]) =>
    wireConnections(ends.map(({ file }) => file)).map((connection) => ({ link, ...connection })),
  );
  return { traces: coursesOf(rows), wire };
}
