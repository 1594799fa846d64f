// The steps of a timeline: changes of a link at given times, checked whole, and the tc commands of
// each.

import type { Problem } from "../../../lib/errors.ts";
import { number } from "../../../lib/fields/kinds.ts";
import { outOfRange } from "../../../lib/fields/read.ts";
import { capacityProblems } from "../../../lib/link/capacity.ts";
import { contradictionProblems } from "../../../lib/link/contradictions.ts";
import {
  changedSettings,
  changeStages,
  DIRECTIONS,
  type LinkChange,
  type LinkSettings,
} from "../../../lib/link/link.ts";
import { LEAST_APART_MILLIS, LONGEST_TIMELINE_MILLIS } from "../../../lib/link/timeline.ts";
import { stagesWith } from "../apply-settings.ts";
import type { Backend } from "../backend.ts";
import { changeProblems } from "../settings-problems.ts";

/** Settings that come into force at a time. */
export interface TimelineStep {
  atMillis: number;
  settings: LinkSettings;
}

const MAX_STEPS = 10_000;
const TIME = number(0, LONGEST_TIMELINE_MILLIS);

/** The settings after each step of a request; or every problem of it. */
export function readSteps(
  value: unknown,
  current: LinkSettings,
  backend: Pick<Backend, "holdsFrames">,
): { steps: TimelineStep[]; problems: Problem[] } {
  const given = Array.isArray(value) ? (value as unknown[]) : [];
  if (given.length === 0 || given.length > MAX_STEPS) {
    const message = Array.isArray(value) ? `there are ${given.length}` : "is no list";
    return { steps: [], problems: [{ code: "E_REQUEST", path: "steps", message, allowed: `1 to ${MAX_STEPS} steps` }] };
  }
  let [settings, beforeMillis] = [current, Number.NEGATIVE_INFINITY];
  const read = given.map((step, at) => {
    const path = `steps[${at}]`;
    const { atMillis, change } = (step ?? {}) as { atMillis?: unknown; change?: unknown };
    const problems = [
      ...timeProblems(atMillis, beforeMillis, `${path}.atMillis`),
      ...changeProblems(change, `${path}.change`),
    ];
    if (typeof atMillis === "number") beforeMillis = atMillis;
    if (problems.length > 0) return { step: null, problems };
    settings = changedSettings(settings, change as LinkChange);
    return {
      step: { atMillis: atMillis as number, settings },
      problems: [...contradictionProblems(settings, `${path} `), ...capacityProblems(settings, backend, path)],
    };
  });
  return { steps: read.flatMap(({ step }) => step ?? []), problems: read.flatMap(({ problems }) => problems) };
}

function timeProblems(atMillis: unknown, beforeMillis: number, path: string): Problem[] {
  if (TIME.accepts(atMillis) && atMillis - beforeMillis >= LEAST_APART_MILLIS) return [];
  return [outOfRange(path, atMillis, `${TIME.allowed}, and ${LEAST_APART_MILLIS} or more after the step before`)];
}

/** The file that play.pl reads. Every step has the same seed. */
export function timelineText(
  current: LinkSettings,
  seed: number | null,
  steps: readonly TimelineStep[],
  { devices }: Pick<Backend, "devices">,
): string {
  const lines = steps.map(({ atMillis, settings }, at) => {
    const from = stagesWith(steps[at - 1]?.settings ?? current, seed);
    const to = stagesWith(settings, seed);
    const commands = DIRECTIONS.flatMap((name) => changeStages(from[name], to[name], devices[name]).commands);
    return [atMillis, ...commands.map((words) => words.join(" "))].join("\t");
  });
  return `${lines.join("\n")}\n`;
}
