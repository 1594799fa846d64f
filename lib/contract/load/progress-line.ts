// A load as it goes on, as one short line for a terminal: how much of it is over, and what the last
// second had.

import type { LoadProgress, LoadSettings } from "./load.ts";

const WIDTH = 10;

type Length = Partial<Pick<LoadSettings, "seconds" | "warmupSeconds" | "cooldownSeconds">>;

/**
 * A line without its end. It has a bar where seconds bound the load: warm-up and cool-down are in
 * it, and requests that are waited for at the end are not.
 */
export function progressLine(load: Length, progress: LoadProgress): string {
  const { elapsedSeconds, completed, completedMicros, failed, inFlight } = progress;
  const mean = completed === 0 ? "-" : `${(completedMicros / completed / 1000).toFixed(2)} ms`;
  const counts = `${completed}/s, mean ${mean}, ${failed} failed, ${inFlight} in flight`;
  return `${timeOf(load, elapsedSeconds)}: ${counts}`;
}

function timeOf({ seconds = null, warmupSeconds = 0, cooldownSeconds = 0 }: Length, elapsedSeconds: number): string {
  const elapsed = elapsedSeconds.toFixed(0);
  if (seconds === null) return `${elapsed} s`;
  const allSeconds = warmupSeconds + seconds + cooldownSeconds;
  const marks = Math.min(WIDTH, Math.round((WIDTH * elapsedSeconds) / allSeconds));
  return `[${"#".repeat(marks).padEnd(WIDTH, ".")}] ${elapsed} of ${Number(allSeconds.toFixed(1))} s`;
}
