// Chains of losses against the formulas that tc-netem(8) and the literature have for them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../random.ts";
import { type Direction, UNIMPAIRED } from "./direction.ts";
import { gilbert } from "./impairments/gilbert.ts";
import { type MarkovLoss, markov } from "./impairments/markov.ts";
import { lossFacts } from "./loss-chain.ts";

const of = (change: Partial<Direction>) => lossFacts({ ...UNIMPAIRED, ...change });
const near = (actual: number | null, wanted: number) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - wanted) < 1e-5 * wanted, `${actual}, not ${wanted}`);

describe("losses", () => {
  it("that are independent say as much as their number, and follow each other by chance", () => {
    const { meanRatio, burstPackets, inflation } = of({ lossRatio: 0.2 });
    assert.deepEqual([meanRatio, inflation], [0.2, 1]);
    near(burstPackets, 1.25);
    assert.deepEqual(of({}), { meanRatio: 0, burstPackets: null, inflation: 1 });
    assert.deepEqual(of({ lossRatio: 1 }), { meanRatio: 1, burstPackets: null, inflation: 1 });
  });

  it("by Gilbert's model are p / (p + r) of the packets, in bursts of 1 / r", () => {
    const { meanRatio, burstPackets, inflation } = of({ gilbertElliott: gilbert.parse("0.5%/20%") ?? null });
    near(meanRatio, 0.005 / 0.205);
    near(burstPackets, 5);
    const rho = 1 - 0.005 - 0.2;
    near(inflation, (1 + rho) / (1 - rho));
  });

  it("of a good state add up with those of the bad one", () => {
    near(of({ gilbertElliott: gilbert.parse("1%/9%/50%/1%") ?? null }).meanRatio, 0.1 * 0.5 + 0.9 * 0.01);
  });

  it("of four states are those that a run of the chain loses, and as long", () => {
    const model = markov.parse("1%/30%/5%/50%/0.1%");
    assert.ok(model);
    const random = randomSequence(5);
    const packets = 400_000;
    let [state, lost, bursts, before] = [1, 0, 0, false];
    for (let at = 0; at < packets; at += 1) {
      state = nextState(state, model, random());
      const isLost = state >= 3;
      if (isLost) lost += 1;
      if (isLost && !before) bursts += 1;
      before = isLost;
    }
    const { meanRatio, burstPackets } = of({ markovLoss: model });
    // Some 12,000 losses in 4,000 bursts: both are known to 5 % at three standard errors.
    assert.ok(Math.abs(lost / packets - meanRatio) < 0.07 * meanRatio, `${lost / packets}, not ${meanRatio}`);
    assert.ok(Math.abs(lost / bursts / (burstPackets ?? 0) - 1) < 0.07, `${lost / bursts}, not ${burstPackets}`);
  });
});

/** As loss_4state() of the kernel: the packet meets the new state. */
function nextState(state: number, { p13, p31, p32, p23, p14 }: MarkovLoss, chance: number): number {
  const between = (first = 0, second = 0) => (chance < first ? 1 : chance < first + second ? 2 : 0);
  switch (state) {
    case 1:
      return [1, 4, 3][between(p14, p13)] as number;
    case 2:
      return between(p23) === 1 ? 3 : 2;
    case 3:
      return [3, 2, 1][between(p32, p31)] as number;
    default:
      return 1;
  }
}
