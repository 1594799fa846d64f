// The bursts of losses where their model has any: the mean number of packets of the loss test that
// were lost in a row.

import type { Check } from "../../../lib/contract/calibration.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import { compare, unjudged } from "../check.ts";
import { ERRORS } from "../statistics/normal.ts";
import type { StreamFacts } from "./facts.ts";

/** Fewer bursts are not normal enough for that. */
const MIN_BURSTS = 60;

export function checkLossBursts({ direction, sample }: StreamFacts): Check[] {
  if (direction.gilbertElliott === null && direction.markovLoss === null) return [];
  const expected = lossFacts(direction).burstPackets;
  if (expected === null) return [];
  const facts = { quantity: "loss burst", unit: "packets", configured: expected, expected } as const;
  if (direction.corruptionRatio > 0) return [unjudged({ ...facts, note: "corruption divides and lengthens bursts" })];
  if (sample === null || sample.bursts === 0) return [unjudged({ ...facts, note: "no burst was captured" })];
  const known = { ...facts, measured: sample.lost / sample.bursts, samples: sample.bursts };
  // As of a geometric length, and at least one of the measured lengths.
  const deviation = Math.max(Math.sqrt(expected * (expected - 1)), sample.burstDeviation);
  const tolerance = (ERRORS * deviation) / Math.sqrt(sample.bursts);
  const note = `mean of ${sample.bursts} bursts of losses in a row; the tolerance is four standard errors`;
  if (sample.bursts < MIN_BURSTS) return [unjudged({ ...known, note: `only ${sample.bursts} bursts` })];
  return [compare({ ...known, tolerance, note })];
}
