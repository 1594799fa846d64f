// From a run's traces to what its results have of them: the courses of connections, and the phases
// of those whose packets a link's ends captured.

import type { Manifest, Run } from "../../analysis/results.ts";
import { coursesOf } from "../../analysis/traces/course.ts";
import { wireConnections } from "../../analysis/traces/wire.ts";
import type { Traced } from "./around.ts";
import { queuesBetween } from "./queues-between.ts";

/**
 * `usualPackets`: the most of a capture where its trace does not say, as of early versions; null:
 * unknown.
 */
export function seenIn(
  { rows, captures }: Traced,
  topology: Manifest["environment"]["topology"],
  usualPackets: number | null = null,
): Required<Pick<Run, "traces" | "wire">> {
  const ofLinks = Map.groupBy(captures, ({ name }) => name.replace(/-\d+$/, ""));
  const mostPackets = rows.find((row) => row.kind === "run")?.packets ?? usualPackets;
  const wire = [...ofLinks].flatMap(([link, ends]) => {
    const files = ends.map(({ file }) => file);
    return wireConnections(files, mostPackets).map((connection) => ({ link, ...connection }));
  });
  return { traces: coursesOf(rows, queuesBetween(topology)), wire };
}
