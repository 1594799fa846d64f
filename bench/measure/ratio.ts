// The median of ratios of paired measurements, with an interval by resampling the pairs (percentile
// bootstrap, Efron 1979).

import { randomSequence } from "../../lib/random.ts";
import { median } from "./rounds.ts";

const RESAMPLES = 2000;

export interface Ratio {
  ratio: number;
  /** The interval that holds 90 % of the resampled medians. */
  low: number;
  high: number;
}

/** `above[i]` and `below[i]` were measured one after the other, under the same conditions. */
export function ratioOfPairs(above: readonly number[], below: readonly number[]): Ratio {
  const ratios = above.map((value, index) => value / (below[index] as number));
  const random = randomSequence(1);
  const resample = () => median(ratios.map(() => ratios[Math.floor(random() * ratios.length)] as number));
  const medians = Array.from({ length: RESAMPLES }, resample).sort((a, b) => a - b);
  const at = (share: number) => medians[Math.floor(RESAMPLES * share)] as number;
  return { ratio: median(ratios), low: at(0.05), high: at(0.95) };
}
