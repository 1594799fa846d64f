// The verdicts of a calibration, as tests ask for them.

import assert from "node:assert/strict";
import type { Check, LinkCalibration } from "../../lib/contract/calibration.ts";
import { describeCalibration } from "../../topology/calibrate/report.ts";

export function find(checks: readonly Check[], quantity: string): Check {
  return checks.find((check) => check.quantity === quantity) ?? assert.fail(`there is no ${quantity}`);
}

function named({ forward, backward }: LinkCalibration, wanted: Check["verdict"]): string[] {
  const of = (side: string, checks: Check[]) =>
    checks.filter(({ verdict }) => verdict === wanted).map(({ quantity }) => `${side} ${quantity}`);
  return [...of("forward", forward.checks), ...of("backward", backward.checks)];
}

export const outside = (calibration: LinkCalibration) => named(calibration, "outside");

/**
 * On a busy machine a fault may stay unjudged, but it is never within, and nothing else is outside.
 */
export function assertFinds(calibration: LinkCalibration, faults: readonly string[]): void {
  const said = describeCalibration(calibration);
  const found = outside(calibration);
  const possible = [...found, ...named(calibration, "unjudged")];
  assert.ok(found.length > 0 && found.every((name) => faults.includes(name)), said);
  assert.ok(
    faults.every((name) => possible.includes(name)),
    said,
  );
  assert.equal(calibration.verdict, "outside", said);
}
