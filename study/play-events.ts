// The events of a study while a run is measured: each link's agent plays its own on its own clock,
// and the measurement begins when all clocks run. The run records when each really happened.

import type { Run } from "../analysis/results.ts";
import { changedSettings, type LinkSettings } from "../lib/link/link.ts";
import type { TopologyEvent } from "../topology/model/topology.ts";
import type { Bed } from "./bed.ts";

type Played = NonNullable<Run["events"]>;

/**
 * Resolves when the measurement and all events are over. A failed measurement ends the events, a
 * failed event the whole.
 */
export async function whileEventsPlay<Measured>(
  { playLink }: Pick<Bed, "playLink">,
  events: readonly TopologyEvent[],
  measure: () => Promise<Measured>,
  interrupted: AbortSignal,
): Promise<{ measured: Measured; played: Played }> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, interrupted]);
  const timelines = [...Map.groupBy(events, ({ link }) => link)].map(([link, steps]) => {
    const { promise: hasBegun, resolve: onBegin } = Promise.withResolvers<void>();
    const ended = playLink(link, steps, { onBegin, signal });
    return { link, ended, begun: Promise.race([hasBegun, ended.then(() => {})]) };
  });
  try {
    await Promise.all(timelines.map(({ begun }) => begun));
    const measured = await measure();
    const played = await Promise.all(
      timelines.map(async ({ link, ended }) => (await ended).map((step) => ({ link, ...step }))),
    );
    return { measured, played: played.flat() };
  } catch (error) {
    over.abort();
    await Promise.allSettled(timelines.map(({ ended }) => ended));
    throw error;
  }
}

/** A link as the events leave it; null if none is of it. */
export function settingsAfter(
  events: readonly TopologyEvent[],
  link: string,
  settings: LinkSettings,
): LinkSettings | null {
  const own = events.filter((event) => event.link === link);
  return own.length === 0 ? null : own.reduce((held, { change }) => changedSettings(held, change), settings);
}
