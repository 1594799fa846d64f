// The samples of a trace: stretches of equal ones, the phase that each is in, and what a column
// holds.

import { digits } from "../format.ts";
import type { Trace } from "../results.ts";

/** Consecutive samples of equal value for which the condition holds. */
export function stretchesOf(
  { seconds }: Trace,
  holds: (at: number) => boolean,
  valueAt: (at: number) => number | string | undefined,
): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (let at = 0; at < seconds.length; at += 1) {
    if (!holds(at)) continue;
    const last = stretches.at(-1);
    if (last?.to === at - 1 && valueAt(at) === valueAt(last.from)) last.to = at;
    else stretches.push({ from: at, to: at });
  }
  return stretches;
}

export function phaseAt({ phases, seconds }: Trace, at: number): string {
  const second = seconds[at] as number;
  return phases.findLast(({ fromSeconds }) => fromSeconds <= second)?.name ?? "";
}

export function isRepairing(trace: Trace, at: number): boolean {
  return ["recovery", "time-out"].includes(phaseAt(trace, at));
}

/** Those whose samples show the window as it is used. */
export function byTime(traces: readonly Trace[]): Trace[] {
  return traces.filter(({ kind }) => kind !== "rudp");
}

/** The time between two samples; 0 where no round trip was timed. */
export function roundTripsIn(trace: Trace, from: number, to: number): number {
  const { seconds } = trace;
  return (1000 * ((seconds[to] as number) - (seconds[from] as number))) / longestRtt(trace, from, to);
}

/** Smoothed, of these samples; infinite where nothing was timed: then nothing is long. */
function longestRtt({ srttMillis = [] }: Trace, from: number, to: number): number {
  const timed = srttMillis.slice(from, to + 1).filter((rtt) => rtt !== null);
  return timed.length === 0 ? Infinity : extreme(Math.max, timed);
}

/** Infinite where nothing was timed. */
export function leastRttOf({ srttMillis = [], leastRttMillis = [] }: Trace): number {
  return extreme(
    Math.min,
    [...srttMillis, ...leastRttMillis].filter((rtt) => rtt !== null),
  );
}

export function columnsOf<Key extends keyof Trace>(traces: readonly Trace[], key: Key): NonNullable<Trace[Key]>[] {
  return traces.flatMap((trace) => (trace[key] === undefined ? [] : [trace[key] as NonNullable<Trace[Key]>]));
}

/** Not by spreading: a trace has as many samples as an argument list may not hold. */
export function extreme(of: (one: number, other: number) => number, values: readonly number[]): number {
  return values.reduce((found, value) => of(found, value), of === Math.min ? Infinity : -Infinity);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function percent(share: number): string {
  return `${digits(100 * share)} %`;
}
