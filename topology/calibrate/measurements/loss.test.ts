import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { checkLoss, lossSample } from "./loss.ts";

function direction(lossRatio: number, change: Partial<Direction> = {}): Direction {
  return {
    ...UNIMPAIRED,
    delayMillis: 50,
    lossRatio,
    rateBitsPerSecond: 50e6,
    queue: { kind: "drop-tail", amount: 1, unit: "bdp" },
    ...change,
  };
}

describe("the check of loss", () => {
  it("is within when the configured ratio is in the interval, and outside when it is not", () => {
    assert.equal(checkLoss(direction(0.005), { lost: 52, packets: 10_800 }).verdict, "within");
    assert.equal(checkLoss(direction(0.005), { lost: 110, packets: 10_800 }).verdict, "outside");
    assert.equal(checkLoss(direction(0.005), { lost: 20, packets: 10_800 }).verdict, "outside");
  });

  it("says when a sample is too small to tell", () => {
    const check = checkLoss(direction(0.005), { lost: 3, packets: 500 });
    assert.equal(check.verdict, "unjudged");
    assert.match(check.note, /500 packets are too few to tell 0\.5 % from half or twice/);
  });

  it("finds outside even by a small sample what is far off", () => {
    assert.equal(checkLoss(direction(0.005), { lost: 50, packets: 500 }).verdict, "outside");
  });

  it("gives no verdict where frames that a busy link did not carry could explain too many losses", () => {
    const lost = { lost: 40, packets: 5000 };
    assert.equal(checkLoss(direction(0), lost, 40).verdict, "unjudged");
    assert.equal(checkLoss(direction(0), lost, 5).verdict, "outside");
    assert.equal(checkLoss(direction(0.02), { lost: 20, packets: 5000 }, 40).verdict, "outside");
  });

  it("allows next to no loss where none is configured", () => {
    assert.equal(checkLoss(direction(0), { lost: 0, packets: 5000 }).verdict, "within");
    assert.equal(checkLoss(direction(0), { lost: 10, packets: 5000 }).verdict, "outside");
  });
});

describe("the sample of loss", () => {
  const settings = (one: Direction) => ({ forward: one, backward: one, seed: null });

  it("is large enough to tell the configured ratio from half or twice of it", () => {
    for (const ratio of [0.005, 0.01, 0.05]) {
      const { packetsPerSecond, seconds } = lossSample(settings(direction(ratio)));
      const packets = Math.floor(packetsPerSecond * seconds);
      const lost = Math.round(packets * ratio);
      assert.equal(checkLoss(direction(ratio), { lost, packets }).verdict, "within");
      assert.equal(checkLoss(direction(ratio), { lost: lost * 2, packets }).verdict, "outside");
      assert.equal(checkLoss(direction(ratio), { lost: Math.floor(lost / 2), packets }).verdict, "outside");
    }
  });

  it("never fills half the rate, nor half the queue in one batch of a millisecond", () => {
    const slow = lossSample(settings(direction(0, { rateBitsPerSecond: 1e6 })));
    assert.ok(slow.packetsPerSecond * 142 * 8 <= 0.5e6);
    const shallow = lossSample(settings(direction(0, { queue: { kind: "drop-tail", amount: 2, unit: "packets" } })));
    assert.equal(shallow.packetsPerSecond / 1000, 1);
  });

  it("takes no longer than four seconds", () => {
    assert.equal(lossSample(settings(direction(0.0001))).seconds, 4);
  });
});
