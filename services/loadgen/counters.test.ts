import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BUCKETS_SECONDS, countLatency, emptyCounters } from "./counters.ts";

describe("the buckets of latencies in metrics", () => {
  it("hold what is at most their bound, and the last what is above all", () => {
    const { total } = emptyCounters().latencies;
    const bucketOf = (micros: number) => {
      total.counts.fill(0);
      countLatency(total, micros);
      return total.counts.indexOf(1);
    };
    for (const [bucket, seconds] of BUCKETS_SECONDS.entries()) {
      const bound = Math.round(seconds * 1e6);
      assert.deepEqual([bucketOf(bound), bucketOf(bound + 1)], [bucket, bucket + 1], `${seconds} s`);
    }
    assert.equal(bucketOf(0), 0);
  });
});
