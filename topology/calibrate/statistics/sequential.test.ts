// The test of a loss ratio, tried on simulated links: how often it is wrong, and how many packets
// it takes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../../lib/random.ts";
import { expectedPackets, judgeLoss, LOSS_FACTOR } from "./sequential.ts";

const LIVES = 2000;

/** Looks after each batch until the test has decided; true ratio `made`, declared `declared`. */
function decide(random: () => number, made: number, declared: number, rates: { alpha: number; beta: number }) {
  const batch = Math.ceil(expectedPackets(declared, rates) / 8);
  let [lost, sent] = [0, 0];
  for (;;) {
    for (let at = 0; at < batch; at += 1) if (random() < made) lost += 1;
    sent += batch;
    const verdict = judgeLoss(lost, sent, declared, rates);
    if (verdict !== null) return { verdict, sent };
  }
}

function share(made: number, declared: number, verdict: string, rates: { alpha: number; beta: number }): number {
  const random = randomSequence(7);
  const lives = Array.from({ length: LIVES }, () => decide(random, made, declared, rates));
  return lives.filter((life) => life.verdict === verdict).length / LIVES;
}

describe("the sequential test of a loss ratio", () => {
  const rates = { alpha: 0.01, beta: 0.01 };

  for (const ratio of [0.01, 0.1, 0.5]) {
    it(`calls a true ${ratio} outside no more often than its alpha`, () => {
      // Three standard errors above 0.01 of 2000 are 0.0167.
      assert.ok(share(ratio, ratio, "outside", rates) < 0.0167);
    });

    it(`calls what is not ${ratio} but off by the factor within no more often than its beta`, () => {
      for (const made of [Math.min(0.8, ratio * LOSS_FACTOR), ratio / LOSS_FACTOR]) {
        assert.ok(share(made, ratio, "within", rates) < 0.0167);
      }
    });
  }

  it("mostly ends within the packets that are planned for it", () => {
    const strict = { alpha: 1 / 14_000, beta: 1 / 200 };
    const random = randomSequence(8);
    const sent = Array.from({ length: 500 }, () => decide(random, 0.02, 0.02, strict).sent).sort((a, b) => a - b);
    assert.ok((sent[375] as number) <= expectedPackets(0.02, strict));
  });

  it("takes no decision from a handful of packets", () => {
    assert.equal(judgeLoss(1, 10, 0.05, rates), null);
    assert.equal(judgeLoss(0, 100, 0.05, rates), null);
  });
});
