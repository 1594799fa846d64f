import assert from "node:assert/strict";
import { it } from "node:test";
import { countOperation, countRequest, createCounters, durations, METHODS, STATUSES } from "./counters.ts";
import { createMetrics } from "./metrics.ts";
import { profileTable, quantileSeconds } from "./profile.ts";

const counters = createCounters();
for (let index = 0; index < 100; index++) countRequest(counters, "GET", 200, 1, index < 98 ? 0.5 : 3);
countOperation(counters, "parse", 1, 0.004);

it("a quantile is the bound of the bucket in which it lies", () => {
  assert.equal(quantileSeconds(durations([counters], 1), 0.5), 512e-6);
  assert.equal(quantileSeconds(durations([counters], 1), 0.99), 4096e-6);
});

it("the table has a line for what occurred and none for what did not", () => {
  const table = profileTable("event", [counters], { user: 5_000, system: 2_500, residentBytes: 50 * 1024 ** 2 });
  assert.match(table, /^structure event: 100 requests, 0 connections$/m);
  assert.match(table, /^CPU per request: user 50\.0 µs, system 25\.0 µs; memory 50 MiB$/m);
  assert.match(table, /^request +1KiB +100 +550\.0 +512 +4096 +55\.0$/m);
  assert.match(table, /^parse +1KiB +1 +4\.0 +4 +4 +0\.0$/m);
  assert.doesNotMatch(table, /close/);
});

it("Prometheus gets cumulative buckets that end in +Inf, sum and count", async () => {
  const text = await createMetrics("event", "epoll", [counters]).metrics();
  const buckets = [...text.matchAll(/^rttlab_http_duration_seconds_bucket{le="([^"]+)",.*size="1KiB"} (\d+)$/gm)];
  const counts = buckets.map(([, , count]) => Number(count));
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
  );
  assert.deepEqual(buckets.at(-1)?.slice(1), ["+Inf", "100"]);
  assert.match(text, /^rttlab_http_duration_seconds_count{structure="event",size="1KiB"} 100$/m);
  assert.match(text, /^rttlab_http_operation_seconds_count{structure="event",operation="parse",size="1KiB"} 1$/m);
  assert.match(text, /^rttlab_http_requests_total{structure="event",method="GET",code="200"} 100$/m);
});

it("Prometheus gets the process's time in user and in system mode apart", async () => {
  const usage = () => ({ user: 3_000_000, system: 500_000, residentBytes: 0 });
  const text = await createMetrics("event", "epoll", [counters], { usage }).metrics();
  const modes = [...text.matchAll(/^rttlab_http_cpu_seconds_total{structure="event",mode="(\w+)"} (\S+)$/gm)];
  const seconds = Object.fromEntries(modes.map(([, mode, value]) => [mode, Number(value)]));
  assert.deepEqual(seconds, { user: 3, system: 0.5 });
});

it("Prometheus gets every method and status before it occurs, or it would not see the first as an increase", async () => {
  const text = await createMetrics("event", "epoll", [createCounters()]).metrics();
  for (const method of METHODS) {
    for (const code of STATUSES)
      assert.ok(text.includes(`requests_total{structure="event",method="${method}",code="${code}"} 0\n`), `${code}`);
  }
});
