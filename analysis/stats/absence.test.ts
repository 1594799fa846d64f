// Runs with something and without, against probabilities counted by hand, and how often chance is
// taken for a difference.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { absenceProbability } from "./absence.ts";

describe("nothing in all runs of one side", () => {
  it("is as improbable as that the draw of these runs puts all of them on one side, twice", () => {
    const near = (found: number | null, expected: number) => assert.ok(Math.abs((found ?? 0) - expected) < 1e-12);
    near(absenceProbability([0, 0, 0], [4, 1080, 9]), 2 / 20);
    near(absenceProbability([4, 1080, 9, 2, 2], [0, 0, 0, 0, 0]), 2 / 252);
    near(absenceProbability([0, 0, 0, 0], [7, 0, 1, 2]), 2 * (4 / 56));
  });

  it("is no question where both have something or neither has, nor of a single run", () => {
    for (const [one, other] of [
      [
        [0, 1],
        [2, 3],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [[0], [4, 5, 6, 7]],
      [[0, 0, 0], [9]],
      [[], [1, 2]],
    ] as const)
      assert.equal(absenceProbability(one, other), null);
  });

  it("is taken for a difference in no more than 5 % of studies of equal sides, however events cluster", () => {
    const random = randomSequence(5);
    for (const share of [0.2, 0.5, 0.8]) {
      for (const count of [3, 5, 8]) {
        const some = () =>
          Array.from({ length: count }, () => (random() < share ? Math.ceil(1000 * random() ** 4) : 0));
        let shown = 0;
        for (let trial = 0; trial < 4000; trial += 1) if ((absenceProbability(some(), some()) ?? 1) <= 0.05) shown += 1;
        assert.ok(shown / 4000 <= 0.05, `${share} of ${count}: ${shown}`);
      }
    }
  });
});
