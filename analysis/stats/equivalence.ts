// Whether two means are the same within a margin, by two one-sided tests: Schuirmann, "A comparison
// of the two one-sided tests procedure and the power approach", J. Pharmacokinetics and
// Biopharmaceutics 15 (1987), on the logarithm of the ratio. "No difference seen" is no answer,
// because too few runs see none either. The opposite test, that they differ by more than the
// margin: Murphy and Myors, "Testing the hypothesis that treatments have negligible effects", J.
// Applied Psychology 84 (1999).

import { CONFIDENCE, type Estimate } from "./estimate.ts";
import { type Ratio, ratioInterval } from "./ratio.ts";
import { upperTail } from "./student.ts";

export interface Equivalence {
  /** The larger probability of the two tests: equivalent where it is at most 1 - confidence. */
  probability: number | null;
  isEquivalent: boolean;
  /** The most probability of so far a ratio within the margin; null if the spread is unknown. */
  differenceProbability: number | null;
  ratio: Estimate;
}

/** Whether the ratio lies between 1 / (1 + margin) and 1 + margin. */
export function equivalence(ratio: Ratio, margin: number, confidence: number = CONFIDENCE): Equivalence {
  const { logarithm, standardError, degrees } = ratio;
  const reach = Math.log1p(margin);
  const probability = standardError === null ? null : largerTail(logarithm, standardError, degrees, reach);
  return {
    probability,
    isEquivalent: probability !== null && probability <= 1 - confidence,
    differenceProbability: standardError === null ? null : beyond(Math.abs(logarithm), standardError, degrees, reach),
    ratio: ratioInterval(ratio, confidence),
  };
}

function largerTail(logarithm: number, standardError: number, degrees: number, reach: number): number {
  if (standardError === 0) return Math.abs(logarithm) < reach ? 0 : 1;
  const above = upperTail((logarithm + reach) / standardError, degrees);
  const below = upperTail((reach - logarithm) / standardError, degrees);
  return Math.max(above, below);
}

/** Both tails of a true ratio that lies on the margin, where they are largest. */
function beyond(distance: number, standardError: number, degrees: number, reach: number): number {
  if (standardError === 0) return distance > reach ? 0 : 1;
  return [distance - reach, distance + reach].reduce((sum, by) => sum + upperTail(by / standardError, degrees), 0);
}
