// Plays timelines on the links of a testbed. Each link's agent plays its part on its own clock, and
// reports when every step really happened.

import { readFile } from "node:fs/promises";
import type { ResultOf, TimelineStep } from "../../lib/contract/contract.ts";
import type { LinkState } from "../../lib/contract/link.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import type { DIRECTIONS } from "../../lib/link/link.ts";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";
import { playProblems } from "../model/events.ts";
import { ratesAboveCeiling } from "../plan/warnings.ts";
import { request, type Testbed } from "./testbed.ts";

export interface LinkTimeline {
  link: string;
  steps: TimelineStep[];
}

/** Hears what goes on while timelines are played. */
export interface PlayListener {
  /** Before any begins: what a link cannot do as it is asked. */
  onWarning(warning: string): void;
  /** A link has begun. */
  onBegin(timeline: LinkTimeline): void;
}

/**
 * Resolves when all have been played. Throws E_BAD_SETTING with every problem of all of them,
 * beside the links as they are, before any begins.
 */
export async function playTimelines(
  testbed: Testbed,
  timelines: readonly LinkTimeline[],
  { onWarning, onBegin }: PlayListener,
  signal: AbortSignal,
): Promise<({ link: string } & ResultOf<"link.play">)[]> {
  const states = await Promise.all(timelines.map(({ link }) => request(testbed, link, "link.status", {})));
  const problems = timelineProblems(timelines, states);
  if (problems.length > 0)
    throw new RttlabError("E_BAD_SETTING", "playing: some steps are not valid; no link has changed", { problems });
  for (const [at, { link, steps }] of timelines.entries()) {
    const { settings, backend } = states[at] as (typeof states)[number];
    const changes = steps.map(({ change }) => change);
    for (const warning of ratesAboveCeiling(link, settings, backend, changes)) onWarning(warning);
  }
  return Promise.all(
    timelines.map(async (timeline) => {
      const { link, steps } = timeline;
      const onEvent = ({ event }: { event: string }) => event === "playing" && onBegin(timeline);
      return { link, ...(await request(testbed, link, "link.play", { steps }, { onEvent, signal })) };
    }),
  );
}

/** Every problem of all of them; `states` are those of their links. */
export function timelineProblems(
  timelines: readonly LinkTimeline[],
  states: readonly Pick<LinkState, "settings" | "backend">[],
): Problem[] {
  return timelines.flatMap(({ link, steps }, at) => {
    const { settings, backend } = states[at] as (typeof states)[number];
    const events = steps.map((step) => ({ ...step, link }));
    return playProblems(events, link, settings, { holdsFrames: HOLDS_FRAMES[backend] });
  });
}

/** The steps of a trace of rates, for these directions. Throws E_BAD_TRACE with every problem. */
export async function readRateTrace(
  file: string,
  sides: readonly (typeof DIRECTIONS)[number][],
): Promise<TimelineStep[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new RttlabError("E_BAD_TRACE", `reading trace ${file}: ${cause.message}`, { cause });
  });
  const { steps, problems } = parseRateTrace(text);
  if (problems.length > 0)
    throw new RttlabError("E_BAD_TRACE", `reading trace ${file}: some lines are not valid`, { problems });
  return steps.map(({ atMillis, rateBitsPerSecond }) => ({
    atMillis,
    change: Object.fromEntries(sides.map((side) => [side, { rateBitsPerSecond }])),
  }));
}
