import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { Queue } from "./queue.ts";

describe("the queue of requests", () => {
  it("gives them in the order of their intended starts, and of equal ones as they came", () => {
    const random = randomSequence(4);
    const queue = new Queue<{ intendedMillis: number; number: number }>();
    const model: { intendedMillis: number; number: number }[] = [];
    for (let number = 0; number < 3000; number++) {
      // It grows for a while and shrinks for a while, over more than one turn of its ring.
      if (random() < (number % 600 < 300 ? 0.7 : 0.3)) {
        const item = { intendedMillis: number - Math.floor(random() * 5), number };
        queue.add(item);
        model.splice(model.findLastIndex(({ intendedMillis }) => intendedMillis <= item.intendedMillis) + 1, 0, item);
      } else {
        assert.equal(queue.first, model[0]);
        assert.equal(queue.shift(), model.shift());
      }
      assert.equal(queue.length, model.length);
    }
  });
});
