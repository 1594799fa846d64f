// The steps of a timeline: changes of a link at given times, checked whole, and the tc commands of
// each.

import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../../../lib/errors.ts";
import { number } from "../../../lib/fields/kinds.ts";
import { outOfRange } from "../../../lib/fields/read.ts";
import { capacityProblems } from "../../../lib/link/capacity.ts";
import { contradictionProblems } from "../../../lib/link/contradictions.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import {
  changedSettings,
  changeStages,
  DIRECTIONS,
  type DirectionName,
  type LinkChange,
  type LinkSettings,
  type StageName,
  type Stages,
  stepSeed,
} from "../../../lib/link/link.ts";
import { keepChild } from "../../../lib/link/qdisc.ts";
import { FRAME_BYTES } from "../../../lib/link/queues/kind.ts";
import { LEAST_APART_MILLIS, LONGEST_TIMELINE_MILLIS, MOST_STEPS } from "../../../lib/link/timeline.ts";
import { type LinkStages, stagesWith } from "../apply-settings.ts";
import type { Backend } from "../backend.ts";
import { changeProblems } from "../settings-problems.ts";

/** Settings that come into force at a time. */
export interface TimelineStep {
  atMillis: number;
  settings: LinkSettings;
}

const TIME = number(0, LONGEST_TIMELINE_MILLIS);

/** The settings after each step of a request; or every problem of it. */
export function readSteps(
  value: unknown,
  current: LinkSettings,
  backend: Pick<Backend, "holdsFrames">,
): { steps: TimelineStep[]; problems: Problem[] } {
  const given = Array.isArray(value) ? (value as unknown[]) : [];
  if (given.length === 0 || given.length > MOST_STEPS) {
    const message = Array.isArray(value) ? `there are ${given.length}` : "is no list";
    return {
      steps: [],
      problems: [{ code: "E_REQUEST", path: "steps", message, allowed: `1 to ${MOST_STEPS} steps` }],
    };
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

interface Timeline {
  /** The file that play.pl reads. */
  text: string;
  /** The kernel has these after each step. */
  stages: LinkStages[];
}

/**
 * A packet that waits in a token bucket waits as long as the rate said when it came to be the next,
 * if nothing comes after it. Where that was longer than this, a kick has the qdisc look again.
 */
const KICK_MILLIS = 10;

/**
 * The steps as commands, from `before` on. A step leaves a stage alone that it does not change: a
 * netem that is given its values again begins its sequence of chance again, and with the same seed
 * would repeat it at each step. One that does change gets a seed of its own.
 */
export function timelineOf(
  before: LinkStages,
  current: LinkSettings,
  seed: number | null,
  steps: readonly TimelineStep[],
  { devices, driven }: Pick<Backend, "devices"> & { driven: readonly DirectionName[] },
): Timeline {
  let [from, settings] = [before, current];
  const read = steps.map((step, at) => {
    const [same, other] = [stagesWith(settings, seed, driven), stagesWith(step.settings, seed, driven)];
    const own = stagesWith(step.settings, seed === null ? null : stepSeed(seed, at), driven);
    const stageOf = (name: DirectionName, stage: StageName) =>
      isDeepStrictEqual(same[name][stage], other[name][stage]) ? from[name][stage] : own[name][stage];
    const stagesIn = (name: DirectionName): Stages => ({
      propagation: stageOf(name, "propagation"),
      transmission: keepChild(from[name].transmission, stageOf(name, "transmission")),
    });
    const stages: LinkStages = { forward: stagesIn("forward"), backward: stagesIn("backward") };
    const commands = DIRECTIONS.flatMap((name) => changeStages(from[name], stages[name], devices[name]).commands);
    const kicks = DIRECTIONS.filter((name) => isStuck(settings[name], step.settings[name]))
      .filter((name) => [from, stages].every((each) => each[name].transmission?.kind === "tbf"))
      .map((name) => ["kick", devices[name].egress]);
    [from, settings] = [stages, step.settings];
    return { line: [step.atMillis, ...[...commands, ...kicks].map((words) => words.join(" "))].join("\t"), stages };
  });
  return { text: `${read.map(({ line }) => line).join("\n")}\n`, stages: read.map(({ stages }) => stages) };
}

/** Whether a packet may wait longer than that for a rate that has risen. */
function isStuck({ rateBitsPerSecond: before }: Direction, { rateBitsPerSecond: after }: Direction): boolean {
  return before !== null && before < (after ?? 0) && (FRAME_BYTES * 8000) / before > KICK_MILLIS;
}
