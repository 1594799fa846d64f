import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { capacityProblems, heldFrames } from "./capacity.ts";
import { type Direction, UNIMPAIRED } from "./direction.ts";

const both = (change: Partial<Direction>) => ({
  forward: { ...UNIMPAIRED, ...change },
  backward: { ...UNIMPAIRED, ...change },
  seed: null,
});

describe("what a link holds", () => {
  it("is what is on the way and in the queue, both ways", () => {
    // 50 Mbit/s for 50 ms are 206.4 full frames, a queue of one BDP (100 ms) 412.
    assert.equal(heldFrames(both({ rateBitsPerSecond: 50e6, delayMillis: 50 })), 1237);
    assert.equal(heldFrames(both({ delayMillis: 10_000 })), 0);
  });

  it("is what slots and jitter hold up, too", () => {
    const slots = { minMillis: 1000, maxMillis: 2000, packets: null };
    const queue = { kind: "drop-tail", amount: 1, unit: "packets" } as const;
    // 100 Mbit/s for 2 s are 16,512 full frames each way.
    const slotted = both({ rateBitsPerSecond: 100e6, slots, queue });
    assert.equal(heldFrames(slotted), 33_028);
    assert.equal(capacityProblems(slotted, { holdsFrames: 28_000 }).length, 1);
    const jittered = both({
      rateBitsPerSecond: 50e6,
      delayMillis: 50,
      jitterMillis: 10,
      jitterDistribution: "uniform",
    });
    // 10 ms more each way of 50 Mbit/s are 41.3 more.
    assert.equal(heldFrames(jittered), 1237 + 83);
  });

  it("is refused above what the backend has memory for", () => {
    const long = both({ rateBitsPerSecond: 200e6, delayMillis: 500 });
    assert.equal(heldFrames(long), 49_537);
    assert.match(capacityProblems(long, { holdsFrames: 28_000 })[0]?.message ?? "", /hold 49537 full frames/);
    assert.deepEqual(capacityProblems(long, { holdsFrames: Number.POSITIVE_INFINITY }), []);
    assert.deepEqual(capacityProblems(both({ delayMillis: 50, rateBitsPerSecond: 50e6 }), { holdsFrames: 28_000 }), []);
  });
});
