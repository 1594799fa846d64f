import assert from "node:assert/strict";
import { it } from "node:test";
import { addSample, backOff, createRtt, type Rtt, rtoMillis } from "./rtt.ts";

const OPTIONS = { minimumRtoMillis: 1000, minimumMarginMillis: 1, maximumRtoMillis: 60_000, initialRtoMillis: 1000 };
const LOW = { ...OPTIONS, minimumRtoMillis: 1 };

/** A round trip with that many acknowledgements, one for each segment in flight. */
function roundTrip(rtt: Rtt, sampleMillis: number, samples = 1): void {
  const next = rtt.roundEnd + 2 * samples;
  for (let i = 1; i <= samples; i++) addSample(rtt, sampleMillis, rtt.roundEnd + (i === 1 ? 1 : 0), next);
}

it("before a sample the time-out is the initial one", () => {
  assert.equal(rtoMillis(createRtt(OPTIONS)), 1000);
});

it("the first sample sets SRTT to it and RTTVAR to its half", () => {
  const rtt = createRtt(LOW);
  roundTrip(rtt, 200);
  assert.deepEqual([rtt.smoothedMillis, rtt.variationMillis, rtoMillis(rtt)], [200, 100, 600]);
});

it("RTTVAR is updated with the old SRTT, then SRTT", () => {
  const rtt = createRtt(LOW);
  roundTrip(rtt, 200);
  roundTrip(rtt, 280);
  assert.deepEqual([rtt.variationMillis, rtt.smoothedMillis], [95, 210]);
});

it("a constant RTT brings the time-out down to its minimum, but not below RTT and granularity", () => {
  const rtt = createRtt(OPTIONS);
  for (let i = 0; i < 200; i++) roundTrip(rtt, 100);
  assert.equal(rtoMillis(rtt), 1000);
  const low = createRtt(LOW);
  for (let i = 0; i < 200; i++) roundTrip(low, 100);
  assert.equal(rtoMillis(low), 101);
});

it("the margin above SRTT is not below its minimum, as in Linux", () => {
  const rtt = createRtt({ ...LOW, minimumMarginMillis: 200 });
  for (let i = 0; i < 200; i++) roundTrip(rtt, 100);
  assert.equal(rtoMillis(rtt), 300);
});

it("n samples in one round trip move the estimate about as far as one", () => {
  const one = createRtt(LOW);
  const many = createRtt(LOW);
  for (let round = 0; round < 3; round++) {
    roundTrip(one, 100);
    roundTrip(many, 100, 50);
  }
  roundTrip(one, 200);
  roundTrip(many, 200, 50);
  assert.ok(Math.abs(one.smoothedMillis - many.smoothedMillis) < 1, `${many.smoothedMillis}`);
});

it("when acknowledgements become few each weighs more within a round trip, and less when they become many again", () => {
  const rtt = createRtt(LOW);
  for (let round = 0; round < 3; round++) roundTrip(rtt, 100, 300);
  roundTrip(rtt, 100, 2);
  roundTrip(rtt, 180, 2);
  // Two samples of half an eighth each: 80 · (1 - (15/16)²) = 9.7.
  assert.ok(Math.abs(rtt.smoothedMillis - 109.7) < 0.1, `${rtt.smoothedMillis}`);
  const before = rtt.smoothedMillis;
  roundTrip(rtt, before + 80, 300);
  // At most the sum of 1/n up to 300, 6.3, in place of one.
  assert.ok(rtt.smoothedMillis - before < 80 * (1 - Math.exp(-6.3 / 8)), `${rtt.smoothedMillis}`);
});

it("the backoff doubles up to the maximum and ends with a sample", () => {
  const rtt = createRtt(OPTIONS);
  roundTrip(rtt, 100);
  const seen = Array.from({ length: 8 }, () => {
    backOff(rtt);
    return rtoMillis(rtt);
  });
  assert.deepEqual(seen, [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  roundTrip(rtt, 100);
  assert.equal(rtoMillis(rtt), 1000);
});
