// A check: one quantity, configured beside measured beside tolerance, with its verdict
// (lib/contract/calibration.ts).

import type { Check, Verdict } from "../../lib/contract/calibration.ts";

/** A check with a verdict: within if `measured` is no further from `expected` than `tolerance`. */
export function compare(
  facts: Omit<Check, "verdict"> & { expected: number; measured: number; tolerance: number },
): Check {
  const within = Math.abs(facts.measured - facts.expected) <= facts.tolerance;
  return { ...facts, verdict: within ? "within" : "outside" };
}

/** A check without a verdict; `note` has the reason. */
export function unjudged(facts: Pick<Check, "quantity" | "unit" | "configured" | "note"> & Partial<Check>): Check {
  return { expected: null, measured: null, tolerance: null, samples: 0, ...facts, verdict: "unjudged" };
}

/** The verdict of checks together: what nothing judges is not within. */
export function verdictOf(checks: readonly Check[]): Verdict {
  const has = (wanted: Verdict) => checks.some(({ verdict }) => verdict === wanted);
  return has("outside") ? "outside" : has("within") ? "within" : "unjudged";
}
