// How uPlot writes times here.

import assert from "node:assert/strict";
import { it } from "node:test";
import { CLOCK } from "./plot.js";

it("times have 24 hours, and dates their year first, which no two countries read differently", () => {
  const at = new Date(2026, 11, 1, 17, 5, 9);
  const write = (template: string) => CLOCK.fmtDate?.(template)(at);
  assert.equal(write("{h}:{mm}{aa}"), "17:05");
  assert.equal(write("{h}:{mm}{aa}\n{M}/{D}/{YY}"), "17:05\n2026-12-01");
  assert.equal(write("{h}:{mm}{aa}\n{M}/{D}"), "17:05\n12-01");
  assert.equal(write("{M}/{D}\n{YYYY}"), "12-01\n2026");
});
