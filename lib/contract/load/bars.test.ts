import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { latencyBars } from "./bars.ts";
import { addLatency, emptyLatency, latencyOf, summarise } from "./latency.ts";

function summaryOf(millis: readonly number[]) {
  const latency = emptyLatency();
  for (const each of millis) addLatency(latency, each * 1000);
  return summarise(latencyOf(latency), true);
}

const repeated = (count: number, millis: number) => new Array<number>(count).fill(millis);

describe("latencies as bars", () => {
  it("count each latency once, in the row of the bound that it does not exceed", () => {
    const bars = latencyBars(summaryOf([...repeated(40, 1), ...repeated(10, 1.5), 5]), null);
    assert.deepEqual(bars?.split("\n"), [
      "ms up to  total",
      `       1     40  ${"#".repeat(40)}`,
      `       2     10  ${"#".repeat(10)}`,
      "       5      1  #",
    ]);
  });

  it("of an open load show both starts beside each other, so a stall that one omits is seen", () => {
    const bars = latencyBars(summaryOf([...repeated(8, 1), 500, 1000]), summaryOf([...repeated(9, 1), 1000]));
    const rows = bars?.split("\n").map((line) => line.trim().split(/ +/)) ?? [];
    assert.deepEqual(rows[0], ["ms", "up", "to", "total", "service"]);
    assert.deepEqual(rows[1], ["1", "8", "#".repeat(20), "9", "#".repeat(20)]);
    assert.deepEqual(
      rows.slice(2, -2).map((row) => row.slice(1)),
      repeated(7, 0).map(() => ["0", "0"]),
    );
    assert.deepEqual(
      rows.slice(-2).map(([bound, total, , service]) => [bound, total, service]),
      [
        ["500", "1", "0"],
        ["1000", "1", "1"],
      ],
    );
  });

  it("are none without a latency or its histogram", () => {
    assert.equal(latencyBars(summaryOf([]), null), null);
    const { histogram: _, ...without } = summaryOf([1]);
    assert.equal(latencyBars(without, null), null);
  });
});
