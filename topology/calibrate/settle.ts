// When to take a sample again. A check that is within has been shown to be right. One that is
// outside must be so again, in the same way: a fault stays, and a busy machine does not repeat
// itself. Anything else is left unjudged after some samples, or as soon as more would not help.

import type { Check } from "../../lib/contract/calibration.ts";
import { unjudged } from "./check.ts";

const MAX_SAMPLES = 4;
const AGREEING = 2;
/** So many samples, each known so much less well than the tolerance, leave no hope for the next. */
const VAGUE = 2;
const VAGUE_RATIO = 5;

/** Takes samples until each of their checks is settled, and reports how many it took. */
export async function untilSettled<Sample>(
  judge: (sample: Sample) => Check[],
  take: () => Promise<Sample>,
  first?: Sample,
): Promise<Check[]> {
  const taken = [judge(first ?? (await take()))];
  while (!taken[0]?.every((_, at) => isSettled(column(taken, at))) && taken.length < MAX_SAMPLES) {
    taken.push(judge(await take()));
  }
  return taken[0]?.map((_, at) => settle(column(taken, at))) ?? [];
}

/** The same for checks that belong to several places. */
export async function untilAllSettled<Place extends string, Sample>(
  judge: (sample: Sample) => Record<Place, Check[]>,
  take: () => Promise<Sample>,
  first: Sample,
): Promise<Record<Place, Check[]>> {
  const placed = Object.entries<Check[]>(judge(first));
  const places = placed.flatMap(([place, checks]) => checks.map(() => place));
  const settled = await untilSettled((sample) => Object.values<Check[]>(judge(sample)).flat(), take, first);
  const of = (place: string) => settled.filter((_, at) => places[at] === place);
  return Object.fromEntries(placed.map(([place]) => [place, of(place)])) as Record<Place, Check[]>;
}

function column(taken: readonly (readonly Check[])[], at: number): Check[] {
  return taken.map((checks) => checks[at] as Check);
}

function isSettled(samples: readonly Check[]): boolean {
  return (
    samples.some(({ verdict }) => verdict === "within") || agreeing(samples).length >= AGREEING || isHopeless(samples)
  );
}

/** Nothing was set to compare with, or the samples are far from good enough. */
function isHopeless(samples: readonly Check[]): boolean {
  const vague = samples.filter(({ errorRatio = 0 }) => errorRatio > VAGUE_RATIO);
  return samples.some(({ configured }) => configured === null) || vague.length >= VAGUE;
}

/** The samples that are outside and agree with the last one of them. */
function agreeing(samples: readonly Check[]): Check[] {
  const outside = samples.filter(({ verdict }) => verdict === "outside");
  const last = outside.at(-1);
  return outside.filter((each) => Math.abs((each.measured ?? 0) - (last?.measured ?? 0)) <= (last?.tolerance ?? 0));
}

/** The one verdict of several samples of a check. */
export function settle(samples: readonly Check[]): Check {
  const within = samples.find(({ verdict }) => verdict === "within");
  const same = agreeing(samples);
  const settled = within ?? (same.length >= AGREEING ? same.at(-1) : undefined);
  if (settled !== undefined) return { ...settled, note: counted(settled.note, samples.length) };
  const last = samples.findLast(({ verdict }) => verdict === "unjudged") ?? (samples.at(-1) as Check);
  const note = last.verdict === "outside" ? `a busy machine: the samples disagree; ${last.note}` : last.note;
  return unjudged({ ...last, tolerance: null, note: counted(note, samples.length) });
}

/** A check of a sample that cannot be taken anew: outside only if that of a second one is. */
export function confirmed(first: Check, second: Check | undefined): Check {
  if (first.verdict !== "outside" || second?.verdict === "outside") return first;
  const note = counted(`a busy machine: a second sample was not outside; ${first.note}`, 2);
  return unjudged({ ...first, tolerance: null, note });
}

/** The note of a check, with the number of samples that it took. */
export function counted(note: string, samples: number): string {
  return samples === 1 ? note : `${note}; ${samples} samples were taken`;
}
