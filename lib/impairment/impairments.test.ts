// What all impairments have in common, and the range and words of each.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { delay } from "./delay.ts";
import type { Impairment } from "./impairment.ts";
import { loss } from "./loss.ts";
import { type Queue, queue, queuePackets } from "./queue.ts";
import { rate } from "./rate.ts";
import { IMPAIRMENTS, UNIMPAIRED } from "./table.ts";

const VALUES: { [Field in keyof typeof IMPAIRMENTS]: fc.Arbitrary<unknown> } = {
  delayMillis: fc.integer({ min: 0, max: 10_000_000 }).map((micros) => micros / 1000),
  lossRatio: fc
    .oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1, noNaN: true }))
    .map((ratio) => Number(ratio.toPrecision(9))),
  rateBitsPerSecond: fc.option(fc.integer({ min: 8000, max: 10e9 })),
  queue: fc.record(
    {
      amount: fc.integer({ min: 1, max: 1_000_000 }),
      unit: fc.constantFrom("bdp", "packets", "bytes", "millis"),
    },
    { noNullPrototype: true },
  ),
};

const context = { rateBitsPerSecond: 50e6, rttMillis: 100 };

describe("every impairment", () => {
  for (const field of Object.keys(IMPAIRMENTS) as (keyof typeof IMPAIRMENTS)[]) {
    const impairment = IMPAIRMENTS[field] as Impairment<unknown>;

    it(`${impairment.key}: reads what it writes, and its pattern lets it pass`, () => {
      fc.assert(
        fc.property(VALUES[field], (value) => {
          const text = impairment.format(value);
          assert.match(text, new RegExp(impairment.pattern));
          assert.deepEqual(impairment.parse(text), value);
        }),
      );
    });

    it(`${impairment.key}: reads its default and refuses nonsense`, () => {
      assert.deepEqual(impairment.parse(impairment.format(UNIMPAIRED[field])), UNIMPAIRED[field]);
      for (const text of ["", "fast", "-1ms", "1e3", "NaN", "50", "∞"])
        assert.equal(impairment.parse(text), undefined, text);
    });

    it(`${impairment.key}: reports what it has words for, and nothing else`, () => {
      fc.assert(
        fc.property(VALUES[field], (value) => {
          const words = impairment.netemArguments(value, context).length;
          assert.equal(words > 0, Object.keys(impairment.netemReport(value, context)).length > 0);
        }),
      );
    });
  }
});

function bounds<Value>(impairment: Impairment<Value>, allowed: string[], refused: string[]): void {
  for (const text of allowed) assert.notEqual(impairment.parse(text), undefined, text);
  for (const text of refused) assert.equal(impairment.parse(text), undefined, text);
}

describe("the range of", () => {
  it("delay is 0 to 10 s", () => bounds(delay, ["0ms", "1us", "10s", "10000ms"], ["10001ms", "11s", "10%"]));
  it("loss is 0 to 100 %", () => bounds(loss, ["0%", "0.0000001%", "100%"], ["100.1%", "120%", "0.5"]));
  it("rate is 8 kbit/s to 10 Gbit/s, or unlimited", () =>
    bounds(rate, ["8kbit", "8000bit", "10gbit", "unlimited"], ["7.9kbit", "10.1gbit", "none", "50Mbit"]));
  it("queue is 1 to 1000000 packets, or the like", () =>
    bounds(queue, ["1packets", "0.5bdp", "64kB", "20ms"], ["0packets", "1.5packets", "1000001packets", "0bdp", "5"]));
});

describe("netem's words", () => {
  it("for delay are whole microseconds, and none for no delay", () => {
    assert.deepEqual(delay.netemArguments(0.25, context), ["delay", "250us"]);
    assert.deepEqual(delay.netemArguments(10_000, context), ["delay", "10000000us"]);
    assert.deepEqual(delay.netemArguments(0, context), []);
  });

  it("for loss never use an exponent, which tc would not read", () => {
    assert.deepEqual(loss.netemArguments(0.001, context), ["loss", "random", "0.1%"]);
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1, noNaN: true }), (ratio) => {
        assert.match(loss.netemArguments(ratio, context)[2] ?? "", /^\d+(\.\d+)?%$/);
      }),
    );
  });

  it("for rate are bits per second, and none when it is not limited", () => {
    assert.deepEqual(rate.netemArguments(50e6, context), ["rate", "50000000bit"]);
    assert.deepEqual(rate.netemArguments(null, context), []);
  });
});

describe("a queue in packets", () => {
  const packets = (amount: number, unit: Queue["unit"]) => queuePackets({ amount, unit }, context);

  it("is counted in full frames of 1514 bytes, rounded down", () => {
    // 50 Mbit/s for 100 ms is 625,000 bytes, for 20 ms 125,000.
    assert.deepEqual([packets(1, "bdp"), packets(0.1, "bdp"), packets(20, "millis")], [412, 41, 82]);
    assert.deepEqual([packets(64_000, "bytes"), packets(200, "packets")], [42, 200]);
  });

  it("holds at least one packet", () => {
    assert.deepEqual([packets(1, "bytes"), packets(0.0001, "bdp"), packets(0.001, "millis")], [1, 1, 1]);
  });
});
