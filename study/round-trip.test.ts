// A short path that is otherwise than it is set is found, and the forwarding's own time is let be.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNIMPAIRED } from "../lib/link/direction.ts";
import { roundTripOf } from "./round-trip.ts";

const link = (rttMillis: number, change: Partial<typeof UNIMPAIRED> = {}) => {
  const side = { ...UNIMPAIRED, delayMillis: rttMillis / 2, ...change };
  return { forward: side, backward: side, seed: null };
};
const holds = (rttMillis: number, ...links: ReturnType<typeof link>[]) => {
  const { leastMillis, mostMillis } = roundTripOf(links);
  return rttMillis >= leastMillis && rttMillis <= mostMillis;
};

describe("the round trip of a path", () => {
  it("is found otherwise where another level is set: none, 1, 2, 5 and 20 ms", () => {
    const levels = [0, 1, 2, 5, 20];
    // as little and as much as the forwarding has cost
    for (const cost of [0.2, 0.8])
      for (const set of levels)
        assert.deepEqual(
          levels.filter((asked) => holds(set + cost, link(asked))),
          [set],
        );
  });

  it("is not found 1.9 ms late on a path of 2 ms, nor early at all", () => {
    assert.equal(holds(3.9, link(2)), false);
    assert.equal(holds(1.8, link(2)), false);
    assert.equal(holds(2, link(2)), true);
  });

  it("has the forwarding of each link, and 2 ms or 2 % of a long path", () => {
    assert.equal(holds(21.3, link(20)), true);
    assert.equal(holds(21.5, link(20)), false);
    assert.equal(holds(21.8, link(10), link(10)), true);
    assert.equal(holds(101.9, link(100)), true);
    assert.equal(holds(102.1, link(100)), false);
    assert.equal(holds(97.8, link(100)), false);
    assert.equal(holds(303.9, link(300)), true);
    assert.equal(holds(0.9), true, "within a machine there is no link");
    assert.equal(holds(1.1), false);
  });

  it("has the time to send a ping", () => {
    // 98 bytes at 784 kbit/s are 1 ms each way.
    const { configuredMillis, sendingMillis } = roundTripOf([link(10, { rateBitsPerSecond: 784_000 })]);
    assert.deepEqual([configuredMillis, sendingMillis], [10, 2]);
  });

  it("is known to 2 ms where packets are early or late on purpose", () => {
    assert.equal(holds(8.5, link(10, { jitterMillis: 1 })), true);
    assert.equal(holds(11.9, link(10, { jitterMillis: 1 })), true);
  });
});
