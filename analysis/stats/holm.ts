// Many comparisons at once: Holm, "A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6 (1979). The chance of even one false finding in the family
// stays below 1 - confidence.

import { CONFIDENCE } from "./estimate.ts";

export interface Corrected {
  /** Holm's adjusted probability: rejected if it is at most 1 - confidence. */
  probability: number;
  isRejected: boolean;
  /**
   * The confidence of an interval that excludes the null value exactly if the comparison is
   * rejected.
   */
  confidence: number;
}

/** One for each probability, in their order. */
export function holm(probabilities: readonly number[], confidence: number = CONFIDENCE): Corrected[] {
  const allowed = 1 - confidence;
  const order = probabilities.map((_, index) => index);
  order.sort((one, other) => (probabilities[one] as number) - (probabilities[other] as number));
  const corrected: Corrected[] = Array(probabilities.length);
  let [largest, stillRejecting, stepConfidence] = [0, true, 1];
  for (const [rank, index] of order.entries()) {
    const left = probabilities.length - rank;
    largest = Math.max(largest, Math.min(1, left * (probabilities[index] as number)));
    // All comparisons after the first accepted one are judged at its step.
    if (stillRejecting) stepConfidence = 1 - allowed / left;
    stillRejecting &&= largest <= allowed;
    corrected[index] = { probability: largest, isRejected: stillRejecting, confidence: stepConfidence };
  }
  return corrected;
}
