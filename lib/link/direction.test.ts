// Tests what all fields have in common, and the range and words of each.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { tableOf } from "../../tests/link/jitter-table.ts";
import { conflictsOf, type Direction, FIELD_NAMES, FIELDS, type FieldName, fieldOf, UNIMPAIRED } from "./direction.ts";
import { type DirectionField, isImpairment } from "./field.ts";
import { delay } from "./impairments/delay.ts";
import { gilbert } from "./impairments/gilbert.ts";
import { jitter } from "./impairments/jitter.ts";
import { loss } from "./impairments/loss.ts";
import { markov } from "./impairments/markov.ts";
import { slots } from "./impairments/slots.ts";
import type { DropTail } from "./queues/drop-tail.ts";
import { queue, queuePackets } from "./queues/table.ts";
import { rate } from "./rate.ts";

const millis = (max: number) => fc.integer({ min: 0, max: max * 1000 }).map((micros) => micros / 1000);

const ratio = fc
  .oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1, noNaN: true }))
  .map((value) => Number(value.toPrecision(9)));
const someRatio = fc.double({ min: 1e-6, max: 0.5, noNaN: true }).map((value) => Number(value.toPrecision(9)));
const record = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { noNullPrototype: true });

const VALUES: Partial<Record<FieldName, fc.Arbitrary<unknown>>> = {
  delayMillis: millis(10_000),
  jitterMillis: millis(2_147),
  jitterDistribution: fc.oneof(
    fc.constantFrom("normal", "uniform", "pareto", "paretonormal"),
    fc
      .tuple(fc.integer({ min: -32768, max: 0 }), fc.integer({ min: 1, max: 32767 }))
      .map(([first, last]) => tableOf(`${first} 0 ${last}`)),
  ),
  jitterOrder: fc.constantFrom("kept", "free"),
  reorderingRatio: ratio,
  lossRatio: ratio,
  gilbertElliott: fc.option(
    record({ toBadRatio: someRatio, toGoodRatio: someRatio, badLossRatio: ratio, goodLossRatio: ratio }),
  ),
  markovLoss: fc.option(record({ p13: someRatio, p31: someRatio, p32: someRatio, p23: someRatio, p14: someRatio })),
  duplicationRatio: ratio,
  corruptionRatio: ratio,
  state: fc.constantFrom("up", "down"),
  slots: fc.option(
    record({
      minMillis: fc.integer({ min: 4_000_000, max: 5_000_000 }).map((micros) => micros / 1000),
      maxMillis: fc.integer({ min: 5_000_000, max: 6_147_000 }).map((micros) => micros / 1000),
      packets: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
    }),
  ),
  rateBitsPerSecond: fc.option(fc.integer({ min: 8000, max: 10e9 })),
  queue: fc.oneof(
    fc.record(
      {
        kind: fc.constant("drop-tail"),
        amount: fc.integer({ min: 1, max: 1_000_000 }),
        unit: fc.constantFrom("bdp", "packets", "bytes", "millis"),
      },
      { noNullPrototype: true },
    ),
    record({ kind: fc.constantFrom("fq_codel", "codel", "pie", "red"), ecn: fc.boolean() }),
    record({ kind: fc.constantFrom("cake", "fq") }),
  ),
};

/** A field without values above is tested with its neutral one. */
const valuesOf = (name: FieldName) => VALUES[name] ?? fc.constant<unknown>(fieldOf(name).none);

const context = { rateBitsPerSecond: 50e6, rttMillis: 100 };
const words = (parts: readonly { words: readonly string[] }[]) => parts.map((part) => part.words.join(" "));

describe("every field", () => {
  for (const name of FIELD_NAMES) {
    const field = fieldOf(name);

    it(`${field.key}: reads what it writes, and its pattern lets it pass`, () => {
      fc.assert(
        fc.property(valuesOf(name), (value) => {
          const text = field.format(value);
          assert.match(text, new RegExp(field.pattern));
          assert.deepEqual(field.parse(text), value);
        }),
      );
    });

    it(`${field.key}: reads its default and refuses nonsense`, () => {
      assert.deepEqual(field.parse(field.format(field.none)), UNIMPAIRED[name]);
      for (const text of ["", "fast", "-1ms", "1e3", "NaN", "50", "∞"])
        assert.equal(field.parse(text), undefined, text);
    });

    if (!isImpairment(field)) continue;
    it(`${field.key}: gives netem nothing when it impairs nothing, and each part has words and a report`, () => {
      assert.deepEqual(field.netem(field.none, UNIMPAIRED), []);
      fc.assert(
        fc.property(valuesOf(name), (value) => {
          for (const part of field.netem(value, UNIMPAIRED)) {
            assert.ok(part.words.length > 0 && Object.keys(part.report).length > 0);
          }
        }),
      );
    });
  }
});

function bounds<Value>(field: DirectionField<Value>, allowed: string[], refused: string[]): void {
  for (const text of allowed) assert.notEqual(field.parse(text), undefined, text);
  for (const text of refused) assert.equal(field.parse(text), undefined, text);
}

describe("the range of", () => {
  it("delay is 0 to 10 s", () => bounds(delay, ["0ms", "1us", "10s", "10000ms"], ["10001ms", "11s", "10%"]));
  it("jitter is 0 to 2147 ms, which is what netem keeps", () =>
    bounds(jitter, ["0ms", "5ms", "2147ms"], ["2148ms", "3s", "5"]));
  it("loss is 0 to 100 %", () => bounds(loss, ["0%", "0.0000001%", "100%"], ["100.1%", "120%", "0.5"]));
  it("rate is 8 kbit/s to 10 Gbit/s, or unlimited", () =>
    bounds(rate, ["8kbit", "8000bit", "10gbit", "unlimited"], ["7.9kbit", "10.1gbit", "none", "50Mbit"]));
  it("loss is no correlation, which netem does not mean", () => {
    for (const text of ["1% 25%", "1%/25%"]) assert.equal(loss.parse(text), undefined, text);
    assert.match(loss.range, /bursts by gilbert/);
  });
  it("gilbert is two or four ratios, with a way into each state", () =>
    bounds(
      gilbert,
      ["0.5%/20%", "1%/20%/80%/0%", "none"],
      ["1%", "0%/20%", "1%/0%", "1%/2%/3%", "101%/5%", "1%/20% 5%"],
    ));
  it("markov is five ratios, none of whose states is for ever", () =>
    bounds(
      markov,
      ["1%/30%/5%/50%/0.1%", "1%/30%/0%/0%/0%", "none"],
      ["1%/30%", "1%/0%/5%/50%/0%", "60%/30%/5%/50%/50%", "1%/60%/60%/50%/0%", "1%/30%/5%/0%/0%"],
    ));
  it("slots are a shortest and a longest time, and perhaps a number of packets", () =>
    bounds(
      slots,
      ["20ms/30ms", "20ms/20ms/1packets", "1s/3147ms", "none"],
      ["20ms", "30ms/20ms", "0ms/1ms", "1ms/11s", "1ms/2ms/0packets", "1ms/2ms/3", "1ms/2ms/3packets/4", "1s/3148ms"],
    ));
  it("queue is 1 to 1000000 packets, or the like, or an AQM", () =>
    bounds(
      queue,
      ["1packets", "0.5bdp", "64kB", "20ms", "fq_codel", "fq_codel+ecn", "codel", "pie", "red+ecn", "cake", "fq"],
      ["0packets", "1.5packets", "1000001packets", "0bdp", "5", "fq_codel+", "cake+ecn", "sfq"],
    ));
});

describe("netem's words", () => {
  it("for delay are whole microseconds, and none for no delay", () => {
    assert.deepEqual(words(delay.netem(0.25, UNIMPAIRED)), ["250us"]);
    assert.deepEqual(words(delay.netem(10_000, UNIMPAIRED)), ["10000000us"]);
    assert.deepEqual(delay.netem(0, UNIMPAIRED), []);
  });

  it("for loss never use an exponent, which tc would not read", () => {
    assert.deepEqual(words(loss.netem(0.001, UNIMPAIRED)), ["random 0.1%"]);
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1, noNaN: true }), (lost) => {
        assert.match(words(loss.netem(lost, UNIMPAIRED))[0] ?? "", /^random \d+(\.\d+)?%$/);
      }),
    );
  });
});

describe("a direction", () => {
  it("has no jitter above a quarter of its delay, which would move the mean", () => {
    assert.deepEqual(conflictsOf({ ...UNIMPAIRED, delayMillis: 20, jitterMillis: 5 }), []);
    const [conflict] = conflictsOf({ ...UNIMPAIRED, delayMillis: 19.9, jitterMillis: 5 });
    assert.equal(conflict?.name, "jitterMillis");
    assert.match(conflict?.message ?? "", /5ms is more than a quarter of the delay 19\.9ms/);
  });

  it("has no value that says nothing, or something else, beside the others", () => {
    const burst = gilbert.parse("1%/20%") ?? null;
    const states = markov.parse("1%/30%/5%/50%/0.1%") ?? null;
    const named = (change: Partial<Direction>) => conflictsOf({ ...UNIMPAIRED, ...change }).map(({ name }) => name);
    assert.deepEqual(named({ reorderingRatio: 0.1 }), ["reorderingRatio"]);
    assert.deepEqual(named({ reorderingRatio: 0.1, delayMillis: 1 }), []);
    assert.deepEqual(named({ jitterDistribution: "pareto", jitterOrder: "free" }), [
      "jitterDistribution",
      "jitterOrder",
    ]);
    assert.deepEqual(named({ delayMillis: 4, jitterMillis: 5, jitterDistribution: "pareto" }), []);
    assert.deepEqual(named({ delayMillis: 4, jitterMillis: 5, jitterDistribution: "uniform" }), ["jitterMillis"]);
    const table = { jitterDistribution: tableOf("0 8192"), jitterMillis: 5 };
    assert.deepEqual(named({ ...table, delayMillis: 1 }), []);
    assert.deepEqual(named(table), ["jitterDistribution"]);
    assert.deepEqual(named({ ...table, jitterDistribution: tableOf("-8192 0"), delayMillis: 4 }), ["jitterMillis"]);
    assert.deepEqual(named({ lossRatio: 0.1, gilbertElliott: burst }), ["gilbertElliott"]);
    assert.deepEqual(named({ markovLoss: states, gilbertElliott: burst }), ["markovLoss"]);
    assert.deepEqual(named({ duplicationRatio: 0.1, gilbertElliott: burst }), ["duplicationRatio"]);
  });

  it("has every field of the table", () => {
    assert.deepEqual(Object.keys(UNIMPAIRED), Object.keys(FIELDS));
  });
});

describe("a queue in packets", () => {
  const packets = (amount: number, unit: DropTail["unit"]) =>
    queuePackets({ kind: "drop-tail", amount, unit }, context);

  it("is counted in full frames of 1514 bytes, rounded down", () => {
    // 50 Mbit/s for 100 ms is 625,000 bytes, for 20 ms 125,000.
    assert.deepEqual([packets(1, "bdp"), packets(0.1, "bdp"), packets(20, "millis")], [412, 41, 82]);
    assert.deepEqual([packets(64_000, "bytes"), packets(200, "packets")], [42, 200]);
  });

  it("holds at least one packet", () => {
    assert.deepEqual([packets(1, "bytes"), packets(0.0001, "bdp"), packets(0.001, "millis")], [1, 1, 1]);
  });
});
