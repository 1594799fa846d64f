// Jitter by the deciles of simulated echoes: how often a correct one fails, and how often a wrong
// one passes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNIMPAIRED } from "../../../lib/link/direction.ts";
import { readTable } from "../../../lib/link/jitter-table.ts";
import { randomSequence } from "../../../lib/random.ts";
import { checkDelay, delayOf } from "./delay.ts";
import { echoSample } from "./echo.ts";
import { checkJitter } from "./jitter.ts";

const BASE = { millis: 0.2, spreadMillis: 0.05, decilesMillis: 0.2, samples: 30, times: [] };
const DIRECTION = { ...UNIMPAIRED, delayMillis: 50, jitterMillis: 5 };
const SAMPLE = echoSample({ forward: DIRECTION, backward: UNIMPAIRED, seed: null });
const LIVES = 300;

/** Normal, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Echoes whose delay has this spread and mean; now and then the machine makes one late. */
function facts(random: () => number, delayMillis: number, jitterMillis: number) {
  const flights = Array.from({ length: SAMPLE.packets }, () => {
    const late = random() < 0.02 ? 30 * random() : 0.1 * random();
    const arrivedAtMillis = delayMillis + jitterMillis * normal(random) + BASE.millis + late;
    return { sentAtMillis: 0, arrivedAtMillis, copies: 0, frameBytes: 58, stream: 1 };
  });
  return { direction: DIRECTION, delay: delayOf(flights), base: BASE, sendingMillis: 0 };
}

function share(delayMillis: number, jitterMillis: number, check: typeof checkJitter, verdict: string): number {
  const random = randomSequence(11);
  const lives = Array.from({ length: LIVES }, () => check(facts(random, delayMillis, jitterMillis))[0]?.verdict);
  return lives.filter((each) => each === verdict).length / LIVES;
}

describe("jitter", () => {
  it("is within where it is as declared", () => {
    assert.equal(share(50, 5, checkJitter, "outside"), 0);
    assert.ok(share(50, 5, checkJitter, "within") > 0.99);
  });

  it("of a table of two values is within where it is as declared, and outside where it is not", () => {
    const random = randomSequence(7);
    const table = readTable("two.dist", () => "-8192 8192");
    assert.ok("table" in table);
    const direction = { ...DIRECTION, jitterDistribution: table.table };
    const late = () => 0.12 + 0.05 * random();
    const echoes = (packets: number, millis: () => number) =>
      delayOf(
        Array.from({ length: packets }, () => {
          const flight = { sentAtMillis: 0, copies: 0, frameBytes: 58, stream: 1 };
          return { ...flight, arrivedAtMillis: millis() + late() };
        }),
      );
    const verdict = (jitterMillis: number) => {
      // The bare path is known by few echoes, so what the machine spreads is not known well.
      const base = echoes(30, () => 0);
      const delay = echoes(3000, () => 50 + (random() < 0.5 ? -1 : 1) * jitterMillis);
      assert.ok(base !== undefined);
      return checkJitter({ direction, delay, base, sendingMillis: 0 })[0]?.verdict;
    };
    for (let life = 0; life < LIVES; life += 1) assert.equal(verdict(5), "within");
    assert.deepEqual([verdict(5.2), verdict(4.8)], ["outside", "outside"]);
  });

  it("is outside where it is half as wide again, or two thirds", () => {
    assert.ok(share(50, 7.5, checkJitter, "outside") > 0.99);
    assert.ok(share(50, 5 / 1.5, checkJitter, "outside") > 0.99);
  });

  it("leaves the delay to be judged by its median", () => {
    assert.ok(share(50, 5, checkDelay, "within") > 0.99);
    assert.equal(share(50, 5, checkDelay, "outside"), 0);
    assert.ok(share(52, 5, checkDelay, "within") < 0.01);
  });

  it("is no check of a direction that has none", () => {
    const random = randomSequence(3);
    assert.deepEqual(checkJitter({ ...facts(random, 50, 5), direction: UNIMPAIRED }), []);
  });
});
