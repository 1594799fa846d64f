import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { build } from "hdr-histogram-js";
import { addLatency, emptyLatency, latencyOf, microsOf, summarise, togetherOf } from "./latency.ts";

type Summary = ReturnType<typeof summarise>;

const HOUR_MICROS = 3600e6;

describe("counted latencies", () => {
  it("are those of an HDR histogram of three digits that recorded each of them", () => {
    const around = fc.nat(31).chain((octave) => fc.integer({ min: 2 ** octave - 2, max: 2 ** octave + 2 }));
    const micros = fc.oneof(around, fc.integer({ min: 0, max: HOUR_MICROS })).filter((value) => value >= 0);
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1, maxLength: 60 }), (values) => {
        const recorded = build({ numberOfSignificantValueDigits: 3, autoResize: true });
        const counted = emptyLatency();
        for (const value of values) {
          recorded.recordValue(value);
          addLatency(counted, value);
        }
        const { histogram, minMicros, maxMicros, sumMicros } = latencyOf(counted);
        const sum = values.reduce((total, value) => total + value, 0);
        assert.deepEqual([minMicros, maxMicros, sumMicros], [Math.min(...values), Math.max(...values), sum]);
        assert.equal(histogram.totalCount, recorded.totalCount);
        for (let percent = 0; percent <= 100; percent += 2)
          assert.equal(histogram.getValueAtPercentile(percent), recorded.getValueAtPercentile(percent));
      }),
    );
  });

  it("have a longest, that of the last bucket, and no negative one", () => {
    const counted = emptyLatency();
    addLatency(counted, 1e12);
    addLatency(counted, microsOf(-0.2));
    const { histogram, minMicros, maxMicros } = latencyOf(counted);
    assert.deepEqual([histogram.totalCount, minMicros, maxMicros], [2, 0, 1e12]);
    assert.equal(histogram.getValueAtPercentile(100), 2 ** 32 - 1);
  });

  it("have a median in the middle of the two middle ranks, exact of up to four and within 0.1 % of more", () => {
    const micros = fc.integer({ min: 0, max: HOUR_MICROS });
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1, maxLength: 12 }), fc.nat(12), (values, cut) => {
        const [whole, first, second] = [values, values.slice(0, cut), values.slice(cut)].map((some) => {
          const counted = emptyLatency();
          for (const value of some) addLatency(counted, value);
          return summarise(latencyOf(counted), true);
        }) as [Summary, Summary, Summary];
        const sorted = values.toSorted((one, other) => one - other);
        const [low = 0, high = 0] = [sorted[Math.ceil(values.length / 2) - 1], sorted[Math.floor(values.length / 2)]];
        const median = (low + high) / 2;
        // Sums of whole microseconds are exact, a mean times its count to a millionth of one.
        const tolerance = values.length <= 4 ? 1e-6 * (1 + median) : 0.001 * median;
        for (const { p50Micros } of [whole, summarise(togetherOf([first, second]), false)])
          assert.ok(Math.abs((p50Micros ?? -1) - median) <= tolerance, `${p50Micros} of ${values}`);
      }),
    );
  });
});
