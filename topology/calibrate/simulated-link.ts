// A link in virtual time for tests: netem's two stages (docs/link.md), and a machine that delays
// packets.

import type { Flight } from "./capture.ts";

export interface SimulatedDirection {
  delayMillis: number;
  lossRatio: number;
  rateBitsPerSecond: number;
  queued: number;
  /**
   * Mean delay of the machine before it takes packets up, and before it sees them arrive;
   * exponentially distributed.
   */
  lateMillis: number;
  /** The machine's delay before it takes a packet up, on average; exponentially distributed. */
  takingMillis?: number;
  /** How often it takes nothing up for a moment, and for how long. */
  pauses?: { everyMillis: number; millis: number };
}

/** When packets sent then arrive, or that they do not. */
export function simulateLink(
  sentAtMillis: readonly number[],
  frameBytes: number,
  { delayMillis, lossRatio, rateBitsPerSecond, queued, lateMillis, takingMillis = 0, pauses }: SimulatedDirection,
  random: () => number,
  stream = 1,
): Flight[] {
  const packetMillis = (frameBytes * 8000) / rateBitsPerSecond;
  const late = () => -lateMillis * Math.log(1 - random());
  const departures: number[] = [];
  let [gone, taken, lastEntered] = [0, 0, 0];
  let pauseAtMillis =
    pauses === undefined ? Number.POSITIVE_INFINITY : (sentAtMillis[0] ?? 0) + random() * pauses.everyMillis;
  return sentAtMillis.map((sent) => {
    const flight = { sentAtMillis: sent, arrivedAtMillis: null, copies: 0, frameBytes, stream };
    taken = Math.max(taken, sent) - takingMillis * Math.log(1 - random());
    if (pauses !== undefined && taken >= pauseAtMillis) {
      taken = Math.max(taken, pauseAtMillis + pauses.millis);
      pauseAtMillis -= pauses.everyMillis * Math.log(1 - random());
    }
    if (random() < lossRatio) return flight;
    const entered = Math.max(lastEntered, taken + delayMillis + late());
    lastEntered = entered;
    while (gone < departures.length && (departures[gone] as number) <= entered) gone += 1;
    if (departures.length - gone >= queued) return flight;
    const departure = Math.max(departures.at(-1) ?? 0, entered) + packetMillis;
    departures.push(departure);
    return { ...flight, arrivedAtMillis: departure + late() / 4 };
  });
}
