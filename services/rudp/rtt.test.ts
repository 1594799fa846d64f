import assert from "node:assert/strict";
import { test } from "node:test";
import { addSample, backOff, createRtt, rtoMillis } from "./rtt.ts";

const OPTIONS = { minimumRtoMillis: 1000, minimumMarginMillis: 1, maximumRtoMillis: 60_000, initialRtoMillis: 1000 };
const LOW = { ...OPTIONS, minimumRtoMillis: 1 };

test("before a sample the time-out is the initial one", () => {
  assert.equal(rtoMillis(createRtt(OPTIONS)), 1000);
});

test("the first sample sets SRTT to it and RTTVAR to its half", () => {
  const rtt = createRtt(LOW);
  addSample(rtt, 200, 1);
  assert.deepEqual([rtt.smoothedMillis, rtt.variationMillis, rtoMillis(rtt)], [200, 100, 600]);
});

test("RTTVAR is updated with the old SRTT, then SRTT", () => {
  const rtt = createRtt(LOW);
  addSample(rtt, 200, 1);
  addSample(rtt, 280, 1);
  assert.deepEqual([rtt.variationMillis, rtt.smoothedMillis], [95, 210]);
});

test("a constant RTT brings the time-out down to its minimum, but not below RTT and granularity", () => {
  const rtt = createRtt(OPTIONS);
  for (let i = 0; i < 200; i++) addSample(rtt, 100, 1);
  assert.equal(rtoMillis(rtt), 1000);
  const low = createRtt(LOW);
  for (let i = 0; i < 200; i++) addSample(low, 100, 1);
  assert.equal(rtoMillis(low), 101);
});

test("the margin above SRTT is not below its minimum, as in Linux", () => {
  const rtt = createRtt({ ...LOW, minimumMarginMillis: 200 });
  for (let i = 0; i < 200; i++) addSample(rtt, 100, 1);
  assert.equal(rtoMillis(rtt), 300);
});

test("n samples in one round trip move the estimate about as far as one", () => {
  const one = createRtt(LOW);
  const many = createRtt(LOW);
  addSample(one, 100, 1);
  addSample(many, 100, 1);
  addSample(one, 200, 1);
  for (let i = 0; i < 50; i++) addSample(many, 200, 50);
  assert.ok(Math.abs(one.smoothedMillis - many.smoothedMillis) < 1, `${many.smoothedMillis}`);
});

test("the backoff doubles up to the maximum and ends with a sample", () => {
  const rtt = createRtt(OPTIONS);
  addSample(rtt, 100, 1);
  const seen = Array.from({ length: 8 }, () => {
    backOff(rtt);
    return rtoMillis(rtt);
  });
  assert.deepEqual(seen, [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  addSample(rtt, 100, 1);
  assert.equal(rtoMillis(rtt), 1000);
});
