import assert from "node:assert/strict";
import { it } from "node:test";
import {
  add,
  BUCKET_SECONDS,
  countOperation,
  countRequest,
  createCounters,
  durations,
  requests,
  scalar,
  sizeClass,
  timings,
} from "./counters.ts";

it("a duration falls into the first bucket whose bound it does not exceed", () => {
  const counters = createCounters();
  for (const millis of [0, 0.001, 0.0011, 0.002, 0.0021, 1, 16_777.216, 20_000])
    countRequest(counters, "GET", 200, 0, millis);
  const { buckets, count, sumSeconds } = durations([counters], 0);
  assert.deepEqual(buckets.slice(0, 3), [2, 4, 5]);
  assert.equal(buckets[BUCKET_SECONDS.findIndex((bound) => bound >= 0.001)], 6);
  assert.equal(buckets.at(-1), 7);
  assert.equal(count, 8);
  assert.ok(Math.abs(sumSeconds - 36.7782232) < 1e-6, `${sumSeconds} s`);
});

it("a size belongs to the class of its bound", () => {
  assert.deepEqual([0, 1, 1_024, 1_025, 10_240, 1_048_576, 1_048_577].map(sizeClass), [0, 1, 1, 2, 2, 4, 5]);
});

it("threads are summed, and views of the same memory see each other", () => {
  const threads = [createCounters(), createCounters()] as const;
  add(threads[0], "sentBytes", 1);
  add(new Float64Array(threads[1].buffer), "sentBytes", 2);
  assert.equal(scalar(threads, "sentBytes"), 3);
});

it("requests are counted by method and status, operations by name and size class", () => {
  const counters = createCounters();
  countRequest(counters, "BREW", 501, 1, 1);
  countOperation(counters, "idle", 2, 1);
  assert.equal(sumOfRequests([counters]), 1);
  assert.equal(timings([counters], "idle", 2).count, 1);
  assert.equal(timings([counters], "close", 2).count, 0);
});

function sumOfRequests(threads: Parameters<typeof requests>[0]): number {
  let sum = 0;
  for (let method = 0; method < 4; method++) {
    for (let status = 0; status < 20; status++) sum += requests(threads, method, status);
  }
  return sum;
}
