// The rate, from the sending time of a frame in bursts (burst.ts).

import type { Check } from "../../../lib/contract/calibration.ts";
import { compare, unjudged } from "../check.ts";
import type { BurstFacts } from "./facts.ts";

const TOLERANCE_RATIO = 0.01;

/** Compares the bursts' result for the rate with the settings. */
export function checkRate({ direction: { rateBitsPerSecond }, plan, read: { packetMillis } }: BurstFacts): Check[] {
  const facts = { quantity: "rate", unit: "bit/s", configured: rateBitsPerSecond } as const;
  if (rateBitsPerSecond === null) return [unjudged({ ...facts, note: "no rate is set" })];
  const expected = rateBitsPerSecond;
  if (packetMillis === null) return [unjudged({ ...facts, expected, note: "too few packets waited for one another" })];
  const measured = (plan.frameBytes * 8000) / packetMillis.value;
  const known = { ...facts, expected, measured, samples: packetMillis.samples };
  const errorRatio = packetMillis.error / packetMillis.value;
  if (errorRatio > TOLERANCE_RATIO) {
    const note = `known to ± ${percent(errorRatio)} only: the packets' times scatter more than that over so short a queue`;
    return [unjudged({ ...known, errorRatio: errorRatio / TOLERANCE_RATIO, note })];
  }
  const check = compare({
    ...known,
    tolerance: expected * TOLERANCE_RATIO,
    note: `whole frames of ${plan.frameBytes} bytes, by how far apart those that waited arrived; 1 % is a third of what is to be found`,
  });
  const isDoubtful = Math.abs(measured - expected) < (TOLERANCE_RATIO + 2 * errorRatio) * expected;
  if (check.verdict === "within" || !isDoubtful) return [check];
  return [unjudged({ ...known, note: `known to ± ${percent(errorRatio)} only` })];
}

/**
 * The highest rate of one TCP connection over the bare path, if no rate is set: reported and not
 * judged.
 */
export function statedCeiling(bitsPerSecond: number | null): Check {
  const note = "no rate is set: this is the ceiling of the bare path, by one TCP connection";
  return unjudged({ quantity: "rate", unit: "bit/s", configured: null, measured: bitsPerSecond, note });
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(2))} %`;
}
