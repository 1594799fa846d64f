// PFTK against its own assumptions played out: windows that grow by 1/b a round, a loss that takes
// the rest of its round, duplicate acknowledgements from the round after, time-outs that double.

import assert from "node:assert/strict";
import { it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { RATES } from "./pftk.ts";

const PATH = { rtt: 0.1, timeout: 0.3 };
const LOSSES = 20_000;
const UNLIMITED = 1e9;

for (const [loss, tolerance] of [
  // The mean window stands for all windows: the error grows as they get smaller.
  [0.001, 0.06],
  [0.003, 0.04],
  [0.01, 0.05],
  [0.02, 0.12],
] as const) {
  for (const credit of [1, 2]) {
    it(`sends and delivers what its loss process does at ${100 * loss} %, b = ${credit}, within ${100 * tolerance} %`, () => {
      const simulated = simulate(loss, credit, UNLIMITED, randomSequence(3));
      const rate = (form: "full" | "received") => RATES[form](PATH.rtt, loss, credit, PATH.timeout, UNLIMITED);
      assert.ok(
        Math.abs(rate("full") / simulated.sent - 1) < tolerance,
        `${rate("full")}, simulated ${simulated.sent}`,
      );
      assert.ok(Math.abs(rate("received") / simulated.received - 1) < tolerance, `received ${simulated.received}`);
    });
  }
}

for (const [loss, largest, tolerance] of [
  [0.001, 10, 0.005],
  [0.003, 10, 0.01],
  [0.01, 6, 0.015],
  [0.01, 8, 0.02],
] as const) {
  it(`delivers what its loss process does where the receiver allows ${largest} segments, at ${100 * loss} %`, () => {
    const simulated = simulate(loss, 1, largest, randomSequence(3));
    const rate = RATES.received(PATH.rtt, loss, 1, PATH.timeout, largest);
    assert.ok(Math.abs(rate / simulated.received - 1) < tolerance, `${rate}, simulated ${simulated.received}`);
  });
}

/** Segments per second, over so many losses. */
function simulate(
  p: number,
  credit: number,
  largest: number,
  random: () => number,
): { sent: number; received: number } {
  /** How many of a round arrive before the first loss, which takes the rest. */
  const arriving = (segments: number) => {
    let count = 0;
    while (count < segments && random() >= p) count += 1;
    return count;
  };
  let [seconds, sent, received, window, losses] = [0, 0, 0, Math.min(10, largest), 0];
  while (losses < LOSSES) {
    const round = Math.max(1, Math.floor(window));
    const arrived = arriving(round);
    [seconds, sent, received] = [seconds + PATH.rtt, sent + round, received + arrived];
    if (arrived === round) {
      window = Math.min(largest, window + 1 / credit);
      continue;
    }
    losses += 1;
    const duplicates = arriving(arrived);
    [seconds, sent, received] = [seconds + PATH.rtt, sent + arrived, received + duplicates];
    window = Math.max(1, window / 2);
    if (duplicates >= 3) continue;
    let doublings = 0;
    do {
      [seconds, sent] = [seconds + PATH.timeout * 2 ** Math.min(doublings, 6), sent + 1];
      doublings += 1;
    } while (random() < p);
    received += 1;
  }
  return { sent: sent / seconds, received: received / seconds };
}
