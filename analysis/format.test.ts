import assert from "node:assert/strict";
import { it } from "node:test";
import { formatEstimate, formatNumber } from "./format.ts";

it("a count has no word for its unit, and other quantities have one that keeps them short", () => {
  assert.equal(formatEstimate({ value: 13.2, lower: 12, upper: 14.4 }, "1"), "13.2 (12.0 to 14.4)");
  assert.equal(formatNumber(7, "1"), "7");
  assert.equal(formatNumber(7, "packets"), "7 packets");
  assert.equal(formatNumber(0.0512, "s"), "51.2 ms");
});
