// The formulas against closed forms, limits and each other: a wrong formula would make a wrong
// protocol look right.

import assert from "node:assert/strict";
import { it } from "node:test";
import { jainIndex, MATHIS_PERIODIC, mathisRate, pftkRate, sawtoothSeconds } from "./theory.ts";

it("Mathis: at 100 ms and 1 % periodic loss, 122.5 segments a second", () => {
  assert.ok(Math.abs(mathisRate(0.1, 0.01, MATHIS_PERIODIC) - 122.47) < 0.01);
});

it("PFTK tends to Mathis as loss vanishes", () => {
  for (const segmentsPerCredit of [1, 2]) {
    const input = { rttSeconds: 0.1, lossEventRatio: 1e-7, timeoutSeconds: 0.3, segmentsPerCredit };
    const mathis = mathisRate(0.1, 1e-7, Math.sqrt(3 / (2 * segmentsPerCredit)));
    assert.ok(Math.abs(pftkRate(input) / mathis - 1) < 0.01);
  }
});

it("PFTK agrees with its authors' short form, equation 33, within a tenth where both hold", () => {
  for (const p of [0.005, 0.01, 0.02]) {
    const short = 1 / (0.1 * Math.sqrt((4 * p) / 3) + Math.min(1, 3 * Math.sqrt((6 * p) / 8)) * p * (1 + 32 * p ** 2));
    const full = pftkRate({ rttSeconds: 0.1, lossEventRatio: p, timeoutSeconds: 1, segmentsPerCredit: 2 });
    assert.ok(Math.abs(full / short - 1) < 0.1, `${p}: ${full} against ${short}`);
  }
});

it("PFTK falls with loss, with the round trip and with the time-out", () => {
  const input = { rttSeconds: 0.1, lossEventRatio: 0.01, timeoutSeconds: 0.3, segmentsPerCredit: 1 };
  const rate = pftkRate(input);
  assert.ok(pftkRate({ ...input, lossEventRatio: 0.02 }) < rate);
  assert.ok(pftkRate({ ...input, rttSeconds: 0.2 }) < rate);
  assert.ok(pftkRate({ ...input, timeoutSeconds: 1 }) < rate);
});

it("Jain's index is 1 for equal shares, 1/n for one that has all, 0.9 for one to two", () => {
  assert.equal(jainIndex([5, 5, 5]), 1);
  assert.equal(jainIndex([7, 0, 0, 0]), 0.25);
  assert.equal(jainIndex([1, 2]), 0.9);
});

it("the sawtooth's period is the sum of its round trips", () => {
  const [peak, rate] = [1000, 500];
  let seconds = 0;
  for (let window = peak / 2; window < peak; window++) seconds += window / rate;
  assert.ok(Math.abs(sawtoothSeconds(peak, rate) / seconds - 1) < 0.002);
});
