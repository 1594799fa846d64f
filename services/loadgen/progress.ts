// One second of a load, for people who watch it.

import type { LoadProgress } from "../../lib/contract/load/load.ts";
import type { LoadEvent } from "./events.ts";

export function emptyProgress(inFlight: number): LoadProgress {
  return { elapsedSeconds: 0, completed: 0, failed: 0, inFlight, bodyBytes: 0 };
}

/** Adds one event. */
export function progress(into: LoadProgress, event: LoadEvent): void {
  if (event.what === "begun") into.inFlight += 1;
  if (event.what === "body") into.bodyBytes += event.bytes;
  if (event.what === "completed" || event.what === "failed") into[event.what] += 1;
  if (event.what === "completed" || event.what === "failed" || event.what === "cut") into.inFlight -= 1;
}
