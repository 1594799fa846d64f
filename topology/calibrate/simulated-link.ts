// A link in virtual time for the tests: netem's two stages as docs/link.md has them, and a machine that makes packets late.

import type { Flight } from "./capture.ts";

export interface SimulatedDirection {
  delayMillis: number;
  lossRatio: number;
  rateBitsPerSecond: number;
  queued: number;
  /** How late the machine takes packets up, and sees them arrive: exponentially distributed, this mean. */
  lateMillis: number;
}

/** When packets sent then arrive, or that they do not. */
export function simulateLink(
  sentAtMillis: readonly number[],
  frameBytes: number,
  { delayMillis, lossRatio, rateBitsPerSecond, queued, lateMillis }: SimulatedDirection,
  random: () => number,
  stream = 1,
): Flight[] {
  const packetMillis = (frameBytes * 8000) / rateBitsPerSecond;
  const late = () => -lateMillis * Math.log(1 - random());
  const departures: number[] = [];
  let [gone, lastEntered] = [0, 0];
  return sentAtMillis.map((sent) => {
    const flight = { sentAtMillis: sent, arrivedAtMillis: null, frameBytes, stream };
    if (random() < lossRatio) return flight;
    const entered = Math.max(lastEntered, sent + delayMillis + late());
    lastEntered = entered;
    while (gone < departures.length && (departures[gone] as number) <= entered) gone += 1;
    if (departures.length - gone >= queued) return flight;
    const departure = Math.max(departures.at(-1) ?? 0, entered) + packetMillis;
    departures.push(departure);
    return { ...flight, arrivedAtMillis: departure + late() / 4 };
  });
}
