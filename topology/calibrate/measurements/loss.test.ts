import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { randomSequence } from "../../../lib/random.ts";
import { simulateLink } from "../simulated-link.ts";
import { declaredQueuePackets } from "./burst.ts";
import { checkLoss, countLosses, gentlePackets, isDecided, wantedPackets } from "./loss.ts";

const RATES = { alpha: 1 / 14_000, beta: 1 / 200 };
const NO_OTHERS = { others: 0, late: 0, packetsPerSecond: 1000 };

function direction(lossRatio: number, change: Partial<Direction> = {}): Direction {
  const queue = { kind: "drop-tail", amount: 1, unit: "bdp" } as const;
  return { ...UNIMPAIRED, delayMillis: 50, lossRatio, rateBitsPerSecond: 50e6, queue, ...change };
}

function verdict(lossRatio: number, lost: number, packets: number, others = 0): string {
  return checkLoss(direction(lossRatio), { lost, packets }, RATES, { ...NO_OTHERS, others }).verdict;
}

describe("the check of loss", () => {
  it("is within at the declared ratio and outside at a factor of 1.6, by a sample of the size that is planned", () => {
    for (const ratio of [0.001, 0.01, 0.05, 0.5]) {
      const packets = 3 * wantedPackets(direction(ratio), 3000, RATES);
      assert.equal(verdict(ratio, Math.round(packets * ratio), packets), "within");
      assert.equal(verdict(ratio, Math.round(packets * ratio * 1.6), packets), "outside");
      assert.equal(verdict(ratio, Math.round((packets * ratio) / 1.6), packets), "outside");
    }
  });

  it("says how long a sample would take that can tell", () => {
    const check = checkLoss(direction(0.0001), { lost: 1, packets: 3000 }, RATES, NO_OTHERS);
    assert.equal(check.verdict, "unjudged");
    assert.match(check.note, /it would take about \d+ s \(`calibrate LINK thorough`\)/);
  });

  it("gives no verdict where frames that a busy link did not carry could explain too many losses", () => {
    assert.equal(verdict(0, 40, 5000, 40), "unjudged");
    assert.equal(verdict(0, 40, 5000, 5), "outside");
    assert.equal(verdict(0.05, 20, 5000, 40), "outside");
  });

  it("gives no verdict of a sample of which more than one packet was late, whatever it says", () => {
    const check = (ratio: number, lost: number, late: number) =>
      checkLoss(direction(ratio), { lost, packets: 18_230 }, RATES, { ...NO_OTHERS, late }).verdict;
    assert.deepEqual([check(0, 140, 14), check(0, 140, 1)], ["unjudged", "outside"]);
    // A link that loses 1.6 times less than declared looks right when the rest of it is late.
    assert.deepEqual([check(0.01, 182, 68), check(0.01, 182, 0)], ["unjudged", "within"]);
  });

  it("allows next to no loss where none is configured", () => {
    assert.equal(verdict(0, 0, 3000), "within");
    assert.equal(verdict(0, 20, 3000), "outside");
  });

  it("is not taken of nothing", () => {
    assert.equal(verdict(0.1, 0, 0), "unjudged");
  });
});

describe("counting losses", () => {
  const link = { delayMillis: 5, lossRatio: 0.1, rateBitsPerSecond: 5e6, lateMillis: 0.05 };

  it("counts what the link lost at random, and not what met a full queue", () => {
    const random = randomSequence(3);
    const pace = gentlePackets(direction(0.1, { rateBitsPerSecond: 5e6 }), 1);
    // Every tenth packet comes right behind another, as from a sender that catches up, and meets a
    // full queue.
    const sent = Array.from({ length: 40_000 }, (_, at) => (at % 10 === 9 ? at - 0.99 : at) * (1000 / pace));
    const counted = countLosses(
      simulateLink(sent, 54, { ...link, queued: 1 }, random),
      direction(0.1, { rateBitsPerSecond: 5e6 }),
      1,
      pace,
    );
    assert.ok(counted.packets > 30_000);
    // Four standard errors of a share of 0.1 in 30,000.
    assert.ok(Math.abs(counted.lost / counted.packets - 0.1) < 0.007, `${counted.lost} of ${counted.packets}`);
  });

  it("counts every packet of a direction without a rate, for nothing queues there", () => {
    const unlimited = direction(0.01, { rateBitsPerSecond: null });
    const queued = declaredQueuePackets({ forward: unlimited, backward: unlimited, seed: null }, unlimited);
    const pace = gentlePackets(unlimited, queued);
    assert.equal(pace, 3000);
    const sent = Array.from({ length: 3000 }, (_, at) => at * (1000 / pace));
    const asFast = { ...link, lossRatio: 0.01, rateBitsPerSecond: Number.POSITIVE_INFINITY, queued };
    const flights = simulateLink(sent, 54, asFast, randomSequence(5));
    const { packets, lost, unseen } = countLosses(flights, unlimited, queued, pace);
    assert.ok(packets > 2900, `${packets}`);
    // 30 are expected; four standard errors are 22.
    assert.ok(lost === unseen && lost > 8 && lost < 52, `${lost} of ${packets}`);
  });

  it("counts every packet of a direction that loses all, with or without a rate, and is within by that", () => {
    const lossy = direction(1);
    for (const each of [lossy, direction(0, { state: "down" }), { ...lossy, rateBitsPerSecond: null }]) {
      const queued = declaredQueuePackets({ forward: each, backward: each, seed: null }, each);
      const pace = gentlePackets(each, queued);
      const sent = Array.from({ length: 300 }, (_, at) => at * (1000 / pace));
      const flights = simulateLink(sent, 54, { ...link, lossRatio: 1, queued }, randomSequence(5));
      const losses = countLosses(flights, each, queued, pace);
      assert.deepEqual(losses, { packets: sent.length, lost: sent.length, unseen: sent.length });
      assert.ok(isDecided(each, losses, RATES));
      assert.equal(checkLoss(each, losses, RATES, NO_OTHERS).verdict, "within");
    }
  });

  it("is over after the first packets of a direction that is down, for nothing arrives that could show more", () => {
    const down = direction(0, { state: "down", corruptionRatio: 0.001, reorderingRatio: 0.01 });
    assert.equal(wantedPackets(down, 3000, RATES), 100);
    assert.ok(isDecided(down, { packets: 100, lost: 100 }, RATES));
  });

  it("is paced so that a short queue is not filled by a hold-up of some milliseconds", () => {
    assert.equal(gentlePackets(direction(0), 1), 250);
    assert.ok(gentlePackets(direction(0, { rateBitsPerSecond: 16_000 }), 10) * 54 * 8 <= 0.7 * 16_000);
  });
});
