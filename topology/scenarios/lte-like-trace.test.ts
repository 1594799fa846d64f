import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";
import { lteLikeTrace } from "./lte-like-trace.ts";

const TRACES = `${import.meta.dirname}/traces`;

it("the trace as under LTE is current, and can be played", async () => {
  const text = await readFile(`${TRACES}/lte-like.csv`, "utf8");
  assert.equal(text, lteLikeTrace(), "run npm run generate");
  const { steps, problems } = parseRateTrace(text);
  assert.deepEqual(problems, []);
  // Of 250, those at the least or most rate twice in a row are one.
  assert.ok(steps.length > 200, `${steps.length} steps`);
  const mean = steps.reduce((sum, { rateBitsPerSecond }) => sum + rateBitsPerSecond, 0) / steps.length;
  assert.ok(mean > 5e6 && mean < 20e6, `${mean} bit/s on average`);
});

it("the trace of steps can be played", async () => {
  const { steps, problems } = parseRateTrace(await readFile(`${TRACES}/step.csv`, "utf8"));
  assert.deepEqual([problems, steps.map(({ atMillis }) => atMillis)], [[], [0, 10_000, 20_000, 30_000]]);
});
