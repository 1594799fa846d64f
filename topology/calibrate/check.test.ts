import assert from "node:assert/strict";
import { it } from "node:test";
import type { Verdict } from "../../lib/contract/calibration.ts";
import { unjudged, verdictOf } from "./check.ts";

it("checks are outside if any is, within if any is and none is outside, and unjudged if nothing judges them", () => {
  const of = (...verdicts: Verdict[]) =>
    verdictOf(
      verdicts.map((verdict) => ({
        ...unjudged({ quantity: "loss", unit: "ratio", configured: 0, note: "" }),
        verdict,
      })),
    );
  assert.equal(of("unjudged", "within", "outside"), "outside");
  assert.equal(of("unjudged", "within"), "within");
  assert.equal(of("unjudged", "unjudged"), "unjudged");
  assert.equal(of(), "unjudged");
});
