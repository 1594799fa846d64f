// The form of a link whose rates a timeline drives. netem says when a packet leaves as it comes in
// (netem_enqueue() in sch_netem.c), so a step would not touch what waits in a drop-tail queue: such
// a stage becomes a token bucket above a fifo before the timeline begins.

import { DIRECTIONS, type DirectionName, type LinkSettings } from "../../../lib/link/link.ts";
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
  { settings, seedInUse, stages: from, driven: already }: Held,
  steps: readonly TimelineStep[],
): Promise<Pick<Held, "stages" | "driven"> & Pick<Applied, "discardedPackets">> {
  const driven = DIRECTIONS.filter((side) => already.includes(side) || isDriven(side, settings, steps));
  const wanted = stagesWith(settings, seedInUse, driven);
  const changed = driven.map((side) => [side, { ...from[side], transmission: wanted[side].transmission }]);
  const stages: LinkStages = { ...from, ...Object.fromEntries(changed) };
  return { stages, driven, discardedPackets: await changeLinkStages(backend, from, stages, settings) };
}

function isDriven(side: DirectionName, settings: LinkSettings, steps: readonly TimelineStep[]): boolean {
  return steps.some((step) => step.settings[side].rateBitsPerSecond !== settings[side].rateBitsPerSecond);
}
