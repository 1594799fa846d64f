// What happened in one second of a load, for people who watch it.

import type { LoadEvent } from "./events.ts";

/** Counts of one second; `inFlight` and `elapsedSeconds` are as of its end. */
export interface Progress {
  elapsedSeconds: number;
  completed: number;
  failed: number;
  inFlight: number;
  bodyBytes: number;
}

export function emptyProgress(inFlight: number): Progress {
  return { elapsedSeconds: 0, completed: 0, failed: 0, inFlight, bodyBytes: 0 };
}

/** Adds one event. */
export function progress(into: Progress, event: LoadEvent): void {
  if (event.what === "begun") into.inFlight += 1;
  if (event.what === "body") into.bodyBytes += event.bytes;
  if (event.what === "completed" || event.what === "failed") {
    into[event.what] += 1;
    into.inFlight -= 1;
  }
}
