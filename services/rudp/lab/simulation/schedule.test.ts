import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { createSchedule, nextMillis, pop, push } from "./schedule.ts";

it("returns events in order of time, and of insertion where times are equal", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (times) => {
      const schedule = createSchedule<[number, number]>();
      times.forEach((at, order) => {
        push(schedule, at, [at, order]);
      });
      const out = times.map(() => {
        const next = nextMillis(schedule);
        const item = pop(schedule);
        assert.equal(item[0], next);
        return item;
      });
      const expected = times
        .map((at, order) => [at, order])
        .sort(([a, i], [b, j]) => Number(a) - Number(b) || Number(i) - Number(j));
      assert.deepEqual(out, expected);
      assert.equal(nextMillis(schedule), Number.POSITIVE_INFINITY);
    }),
  );
});
