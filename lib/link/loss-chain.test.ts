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

  // In the last four some states have all of their probability beyond themselves.
  for (const text of [
    "1%/30%/5%/50%/0.1%",
    "1%/30%/70%/30%/0%",
    "1%/50%/50%/50%/0.1%",
    "1%/10%/90%/30%/0%",
    "0.5%/90%/10%/30%/0%",
    "50%/30%/5%/50%/50%",
  ])
    it(`of four states are those that the kernel loses, and as long: ${text}`, () => {
      const model = markov.parse(text) ?? null;
      const nextState = chainOfTheKernel(model);
      const random = randomSequence(5);
      const packets = 400_000;
      let [state, lost, bursts, before] = [1, 0, 0, false];
      for (let at = 0; at < packets; at += 1) {
        state = nextState(state, Math.floor(random() * 2 ** 32));
        const isLost = state >= 3;
        if (isLost) lost += 1;
        if (isLost && !before) bursts += 1;
        before = isLost;
      }
      const { meanRatio, burstPackets } = of({ markovLoss: model });
      // At least 2,000 losses in 2,000 bursts: both are known to 7 % at three standard errors.
      assert.ok(Math.abs(lost / packets - meanRatio) < 0.07 * meanRatio, `${lost / packets}, not ${meanRatio}`);
      assert.ok(Math.abs(lost / bursts / (burstPackets ?? 0) - 1) < 0.07, `${lost / bursts}, not ${burstPackets}`);
    });
});

/**
 * loss_4state() of the kernel, on what tc makes of the words: the packet meets the new state. Both
 * numbers and sums have 32 bits.
 */
function chainOfTheKernel(model: MarkovLoss | null): (state: number, chance: number) => number {
  const words = markov.netem(model, UNIMPAIRED)[0]?.words.slice(1) ?? [];
  const [a1 = 0, a2 = 0, a3 = 0, a5 = 0, a4 = 0] = words.map(stepsOf);
  const sum = (first: number, second: number) => (first + second) % 2 ** 32;
  const of: Record<number, (chance: number) => number> = {
    1: (chance) => (chance < a4 ? 4 : a4 < chance && chance < sum(a1, a4) ? 3 : 1),
    2: (chance) => (chance < a5 ? 3 : 2),
    3: (chance) => (chance < a3 ? 2 : a3 < chance && chance < sum(a2, a3) ? 1 : 3),
    4: () => 1,
  };
  return (state, chance) => (of[state] as (chance: number) => number)(chance);
}

/** get_percent() of iproute2: 2^32 - 1 is all, and a half is rounded to the even neighbour. */
function stepsOf(percent: string): number {
  const steps = (Number(percent.replace("%", "")) / 100) * (2 ** 32 - 1);
  const isHalf = steps % 1 === 0.5;
  return isHalf ? 2 * Math.round(steps / 2) : Math.round(steps);
}
