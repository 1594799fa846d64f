// Reads more than losses from a stream of small packets: packets that arrived early, damaged or
// twice, and how many were lost in a row.

import type { Direction } from "../../../lib/link/direction.ts";
import type { Flight, Passage, Sighting } from "../capture.ts";
import type { StreamSample } from "./facts.ts";

/** `from`: the sender's address; `baseMillis`: the delay of the bare path. */
export function sampleStream(
  sent: readonly Flight[],
  far: readonly Sighting[],
  from: string,
  { delayMillis }: Direction,
  baseMillis: number,
): StreamSample {
  const runs = lossRuns(sent);
  const passed = sent.filter((flight): flight is Passage => flight.arrivedAtMillis !== null);
  const lost = runs.reduce((sum, run) => sum + run, 0);
  return {
    packets: sent.length,
    arrived: passed.length,
    early: countEarly(passed, baseMillis, delayMillis / 2),
    copies: sent.reduce((sum, { copies }) => sum + copies, 0),
    damaged: far.filter((each) => each.kind === "udp" && each.from === from && each.isDamaged).length,
    lost,
    bursts: runs.length,
    burstDeviation: deviation(runs),
  };
}

/**
 * Packets that took less than this, or that arrived by more than this before one that was sent
 * before them. A machine that is behind delays packets in their order: the first is then no longer
 * true of one that skipped the delay, but the second is.
 */
function countEarly(passed: readonly Passage[], baseMillis: number, halfMillis: number): number {
  let last = Number.NEGATIVE_INFINITY;
  return passed.filter(({ sentAtMillis, arrivedAtMillis }) => {
    const isEarly = arrivedAtMillis - sentAtMillis < baseMillis + halfMillis || arrivedAtMillis < last - halfMillis;
    last = Math.max(last, arrivedAtMillis);
    return isEarly;
  }).length;
}

/** Both as one. */
export function joinSamples(first: StreamSample | null, second: StreamSample): StreamSample {
  if (first === null) return second;
  const bursts = first.bursts + second.bursts;
  const squares = [first, second].reduce((sum, each) => sum + each.bursts * each.burstDeviation ** 2, 0);
  return {
    packets: first.packets + second.packets,
    arrived: first.arrived + second.arrived,
    early: first.early + second.early,
    copies: first.copies + second.copies,
    damaged: first.damaged + second.damaged,
    lost: first.lost + second.lost,
    bursts,
    burstDeviation: bursts === 0 ? 0 : Math.sqrt(squares / bursts),
  };
}

/** The length of each run of packets that did not arrive. */
function lossRuns(sent: readonly Flight[]): number[] {
  const runs: number[] = [];
  let before = false;
  for (const { arrivedAtMillis } of sent) {
    const isLost = arrivedAtMillis === null;
    if (isLost && before) runs[runs.length - 1] = (runs.at(-1) as number) + 1;
    else if (isLost) runs.push(1);
    before = isLost;
  }
  return runs;
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
