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

  it("is refused above what the backend has memory for", () => {
    const long = both({ rateBitsPerSecond: 200e6, delayMillis: 500 });
    assert.equal(heldFrames(long), 49_537);
    assert.match(capacityProblems(long, { holdsFrames: 28_000 })[0]?.message ?? "", /hold 49537 full frames/);
    assert.deepEqual(capacityProblems(long, { holdsFrames: Number.POSITIVE_INFINITY }), []);
    assert.deepEqual(capacityProblems(both({ delayMillis: 50, rateBitsPerSecond: 50e6 }), { holdsFrames: 28_000 }), []);
  });
});
