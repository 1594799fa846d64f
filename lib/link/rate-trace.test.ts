import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRateTrace } from "./rate-trace.ts";

const steps = (text: string) =>
  parseRateTrace(text).steps.map(({ atMillis, rateBitsPerSecond }) => [atMillis, rateBitsPerSecond]);
const lines = (text: string) => parseRateTrace(text).problems.map(({ line }) => line);

describe("a trace of rates", () => {
  it("is times and rates, of which those that change nothing are left out", () => {
    assert.deepEqual(steps("# a step\n0s,5mbit\n1.5s, 5mbit\n\n2s,800kbit # down\n"), [
      [0, 5e6],
      [2000, 800e3],
    ]);
  });

  it("is mahimahi's opportunities of a full frame, counted over tenths of a second", () => {
    // 10 in the first tenth, none in the second, 8 in the last, which is half as long again.
    const text = [...[0, 10, 20, 30, 40, 50, 60, 70, 80, 90], 300, 310, 315, 320, 325, 330, 340, 350].join("\n");
    assert.deepEqual(steps(text), [
      [0, 10 * 1514 * 80],
      [100, 8000],
      [200, Math.round((8 * 1514 * 8000) / 150)],
    ]);
  });

  it("joins what has few opportunities into up to a second, and leaves a silence among many where it is", () => {
    // One each 160 ms; then ten in each tenth but for one silent tenth.
    const sparse = Array.from({ length: 12 }, (_, at) => 160 * at);
    const dense = Array.from({ length: 40 }, (_, at) => 2000 + 10 * at).filter((at) => at < 2100 || at >= 2200);
    assert.deepEqual(steps([...sparse, ...dense].join("\n")), [
      [0, Math.round(7 * 1514 * 8)],
      [1000, Math.round(5 * 1514 * 8)],
      [2000, 10 * 1514 * 80],
      [2100, 8000],
      [2200, Math.round((20 * 1514 * 8000) / 190)],
    ]);
  });

  it("does not end with a rate that some opportunities of one moment give", () => {
    const everyMilli = Array.from({ length: 1000 }, (_, at) => at);
    assert.deepEqual(steps([...everyMilli, 1001, 1001, 1001, 1001, 1001].join("\n")), [
      [0, 100 * 1514 * 80],
      [900, Math.round((105 * 1514 * 8000) / 101)],
    ]);
  });

  it("takes several opportunities in one millisecond", () => {
    assert.deepEqual(steps("100\n100\n100"), [[0, 3 * 1514 * 80]]);
    assert.deepEqual(steps("50\n50"), [[0, 2 * 1514 * 160]]);
  });

  it("is refused where its opportunities are a rate that no link has", () => {
    const opportunities = (count: number) => new Array<string>(count).fill("1").join("\n");
    assert.equal(steps(opportunities(800))[0]?.[1], 800 * 1514 * 8000);
    assert.deepEqual(lines(opportunities(900)), [1]);
  });

  it("is refused with every line that cannot be read, or goes back in time", () => {
    assert.deepEqual(lines("0s,5mbit\n1s,fast\n0.5s,1mbit\n2s,1kbit\n2s\n3s,1mbit,2"), [2, 4, 5, 6]);
    assert.deepEqual(lines("0s,5mbit\n2s,1mbit\n1s,1mbit\n2s,1mbit\n-1s,1mbit"), [3, 4, 5]);
    assert.deepEqual(lines("5\n3\n-1\n1.5\n7"), [2, 3, 4]);
    assert.deepEqual(lines("# nothing\n"), [1]);
  });
});
