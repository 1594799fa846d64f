// A share of the packets that chance chooses, judged as loss is (statistics/sequential.ts).

import type { Check } from "../../../lib/contract/calibration.ts";
import { unjudged } from "../check.ts";
import { type ErrorRates, judgeLoss, LOSS_FACTOR } from "../statistics/sequential.ts";

/** `seenRatio`: the share of the chosen packets that a capture shows to be so. */
export function checkShare(
  quantity: string,
  configured: number,
  seenRatio: number,
  chosen: number | undefined,
  sample: { packets: number; arrived: number } | null,
  rates: ErrorRates,
  note: string,
): Check {
  const expected = configured * seenRatio;
  const facts = { quantity, unit: "ratio", configured, expected } as const;
  if (sample === null || chosen === undefined) {
    return unjudged({ ...facts, note: "the loss test sent faster than the rate, which captures do not follow" });
  }
  if (sample.arrived === 0) return unjudged({ ...facts, note: "no packet arrived that could show it" });
  const { packets: samples } = sample;
  const known = { ...facts, measured: chosen / samples, samples };
  const counted = `${chosen} of ${samples} packets: ${note}`;
  const verdict =
    expected === 1 ? (chosen === samples ? "within" : "outside") : judgeLoss(chosen, samples, expected, rates);
  if (verdict === null) return unjudged({ ...known, note: `${counted}; too few to decide` });
  return { ...known, tolerance: expected * (1 - 1 / LOSS_FACTOR), verdict, note: counted };
}
