// Links that are measured at once share the machine.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { shareMachine } from "./share.ts";

describe("a shared machine", () => {
  /** Begins work of each size at once; gives what has begun, and functions that end it. */
  function begin(capacity: number, sizes: readonly number[]) {
    const share = shareMachine(capacity);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const done = sizes.map((size, at) =>
      share(size, () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        begun.push(at);
        ends[at] = resolve;
        return promise;
      }),
    );
    const end = async (at: number) => {
      ends[at]?.();
      await done[at];
      await new Promise(setImmediate);
    };
    return { begun, end };
  }

  it("carries at once what it has room for", async () => {
    const { begun } = begin(10, [4, 6, 1]);
    await new Promise(setImmediate);
    assert.deepEqual(begun, [0, 1]);
  });

  it("is whole again after shares of any size, in any order", async () => {
    const random = randomSequence(1);
    for (let round = 1; round <= 100; round += 1) {
      const sizes = Array.from({ length: 6 }, () => 1000 / (0.45 + random()));
      const { begun, end } = begin(14_000, [...sizes, 14_000]);
      await new Promise(setImmediate);
      for (const at of sizes.keys()) await end(at);
      assert.equal(begun.at(-1), sizes.length, `round ${round}`);
    }
  });

  it("gives the whole of itself to what fills it, and lets nobody past meanwhile", async () => {
    const { begun, end } = begin(10, [4, 100, 1]);
    await new Promise(setImmediate);
    assert.deepEqual(begun, [0]);
    await end(0);
    assert.deepEqual(begun, [0, 1]);
    await end(1);
    assert.deepEqual(begun, [0, 1, 2]);
  });

  it("has room again when work has failed", async () => {
    const share = shareMachine(1);
    await assert.rejects(
      share(1, () => Promise.reject(new Error("no"))),
      { message: "no" },
    );
    assert.equal(await share(1, async () => 5), 5);
  });
});
