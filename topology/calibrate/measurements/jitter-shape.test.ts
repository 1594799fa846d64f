// The shape of jitter in simulated echoes: how often a true link is called outside, and whether
// another distribution at the same jitter is found.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { DISTRIBUTIONS, type Distribution, quantileOf, shapeOf } from "../../../lib/link/jitter-shapes.ts";
import { randomSequence } from "../../../lib/random.ts";
import { tableOf } from "../../../tests/link/jitter-table.ts";
import type { Flight } from "../capture.ts";
import { delayOf } from "./delay.ts";
import { echoSample } from "./echo.ts";
import { checkJitterShape } from "./jitter-shape.ts";

const BASE = { millis: 0.2, spreadMillis: 0.05, decilesMillis: 0.2, samples: 30, times: [] };

const jittered = (jitterDistribution: Distribution): Direction => ({
  ...UNIMPAIRED,
  delayMillis: 50,
  jitterMillis: 5,
  jitterDistribution,
});

/** A table of two values, equally likely. */
const twoValues = (): Distribution => tableOf("-8192 8192\n", "two.dist");

/** Echoes of netem that keep their order; now and then the machine makes one late. */
function echoes(made: Distribution, { packets, intervalMillis }: ReturnType<typeof echoSample>, random: () => number) {
  const shape = shapeOf(made);
  let before = 0;
  return Array.from({ length: packets }, (_, at): Flight => {
    const sentAtMillis = at * intervalMillis;
    before = Math.max(before, sentAtMillis + 50 + 5 * quantileOf(shape, random()));
    const late = random() < 0.02 ? 30 * random() : 0.1 * random();
    return { sentAtMillis, arrivedAtMillis: before + BASE.millis + late, copies: 0, frameBytes: 58, stream: 1 };
  });
}

function verdict(declared: Distribution, made: Distribution, random: () => number): string | undefined {
  const direction = jittered(declared);
  const sample = echoSample({ forward: direction, backward: UNIMPAIRED, seed: null });
  const delay = delayOf(echoes(made, sample, random));
  return checkJitterShape({ direction, delay, base: BASE, sendingMillis: 0 })[0]?.verdict;
}

function verdicts(declared: Distribution, made: Distribution, lives: number): Record<string, number> {
  const random = randomSequence(21);
  const counts: Record<string, number> = {};
  for (let life = 0; life < lives; life += 1) {
    const name = verdict(declared, made, random) ?? "none";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("the shape of jitter", () => {
  // None of 3,000 is less than 1 of 1,000, but for 1 chance in 20.
  for (const name of DISTRIBUTIONS) {
    it(`of a true ${name} link is never outside in 750 samples`, () => {
      assert.deepEqual(verdicts(name, name, 750), { within: 750 });
    });
  }

  it("of a table of one's own is within, although two values are no smooth distribution", () => {
    assert.deepEqual(verdicts(twoValues(), twoValues(), 50), { within: 50 });
    assert.deepEqual(verdicts(twoValues(), "uniform", 50), { outside: 50 });
  });

  for (const [declared, made] of [
    ["normal", "uniform"],
    ["uniform", "normal"],
    ["pareto", "uniform"],
    ["pareto", "normal"],
    ["paretonormal", "normal"],
  ] as const) {
    it(`finds a link that was declared ${declared} and is ${made}`, () => {
      const { outside = 0 } = verdicts(declared, made, 200);
      assert.ok(outside >= 199, `${outside} of 200`);
    });
  }

  it("is not judged of too few echoes, or where the machine spreads them as much", () => {
    const direction = jittered("normal");
    const sample = echoSample({ forward: direction, backward: UNIMPAIRED, seed: null });
    const check = (packets: number, decilesMillis: number) => {
      const delay = delayOf(echoes("normal", { ...sample, packets }, randomSequence(2)));
      return checkJitterShape({ direction, delay, base: { ...BASE, decilesMillis }, sendingMillis: 0 })[0]?.verdict;
    };
    assert.deepEqual([check(100, 0.2), check(sample.packets, 3)], ["unjudged", "unjudged"]);
  });

  it("is no check of a direction that has no jitter", () => {
    const delay = delayOf(echoes("normal", { packets: 100, intervalMillis: 30 }, randomSequence(3)));
    assert.deepEqual(checkJitterShape({ direction: UNIMPAIRED, delay, base: BASE, sendingMillis: 0 }), []);
  });
});
