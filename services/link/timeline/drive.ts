// The form of a link whose rates a timeline drives. netem says when a packet leaves as it comes in
// (netem_enqueue() in sch_netem.c), so a step would not touch what waits in a drop-tail queue: such
// a stage becomes a token bucket above a fifo before the timeline begins.

import { DIRECTIONS, type DirectionName, type LinkSettings } from "../../../lib/link/link.ts";
import { keepChild } from "../../../lib/link/qdisc.ts";
import { type Applied, changeLinkStages, type LinkStages, stagesWith } from "../apply-settings.ts";
import type { Backend } from "../backend.ts";
import type { TimelineStep } from "./steps.ts";

/** A link as it is. */
interface Held {
  settings: LinkSettings;
  seedInUse: number | null;
  stages: LinkStages;
  /** Directions that have the form already. */
  driven: readonly DirectionName[];
}

/**
 * Gives the form to the directions whose rate these steps change; resolves to the stages, and to
 * what waited in those that were built anew.
 */
export async function driveRates(
  backend: Backend,
  held: Held,
  steps: readonly TimelineStep[],
): Promise<Pick<Held, "stages" | "driven"> & Pick<Applied, "discardedPackets">> {
  const { stages, driven } = drivenForm(held, steps);
  return { stages, driven, discardedPackets: await changeLinkStages(backend, held.stages, stages, held.settings) };
}

/** The stages in which these steps can drive rates, and the directions that have them. */
export function drivenForm(
  { settings, seedInUse, stages: from, driven: already }: Held,
  steps: readonly TimelineStep[],
): Pick<Held, "stages" | "driven"> {
  const driven = DIRECTIONS.filter((side) => already.includes(side) || isDriven(side, settings, steps));
  const wanted = stagesWith(settings, seedInUse, driven);
  const changed = driven.map((side) => {
    const transmission = keepChild(from[side].transmission, wanted[side].transmission);
    return [side, { ...from[side], transmission }];
  });
  return { stages: { ...from, ...Object.fromEntries(changed) }, driven };
}

function isDriven(side: DirectionName, settings: LinkSettings, steps: readonly TimelineStep[]): boolean {
  return steps.some((step) => step.settings[side].rateBitsPerSecond !== settings[side].rateBitsPerSecond);
}
