// A study that is under way, as its runner sends it to the testbed, for tests of what shows it.

import type { StudyProgress } from "../../lib/contract/study-progress.ts";

/** The dashboard of studies is empty while none runs. */
export const STUDY_PROGRESS: StudyProgress = {
  study: "made-up",
  startedAt: "2026-01-05T09:00:00.000Z",
  cell: "rtt=20",
  repetition: 3,
  quantity: "requestSeconds",
  unit: "s",
  runs: { done: 5, voids: 1, leftAtLeast: 1, leftAtMost: 15 },
  secondsLeftAtMost: 75,
  cells: [
    { cell: "rtt=20", runs: 2, voids: 0, mean: 0.08, halfWidthRatio: 0.02 },
    { cell: "rtt=50", runs: 2, voids: 1, mean: 0.2, halfWidthRatio: 0.04 },
  ],
};
