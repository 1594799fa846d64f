import assert from "node:assert/strict";
import { it } from "node:test";
import type { Flight } from "../capture.ts";
import { alone } from "./alone.ts";

function train(stream: number, ...arrivals: (number | null)[]): Flight[] {
  return arrivals.map((arrivedAtMillis, at) => ({
    sentAtMillis: at,
    arrivedAtMillis,
    copies: 0,
    frameBytes: 1514,
    stream,
  }));
}

it("bursts that arrive among each other say nothing of the rate, and those before and after do", () => {
  const before = train(1, 10, 11, null, 12);
  const [first, second] = [train(2, 20, 22, 24), train(3, 23, 25, 27)];
  const after = train(4, 30, null);
  assert.deepEqual(alone([before, first, second, after]), [before, after]);
});

it("a burst of which nothing arrived meets none", () => {
  const trains = [train(1, 10, 11), train(2, null, null)];
  assert.deepEqual(alone(trains), trains);
});
