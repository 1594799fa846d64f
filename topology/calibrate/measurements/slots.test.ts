// The check of slots on netem's own dequeueing (sch_netem.c of Linux 6.12), simulated: true slots
// are within, whatever the delay, the bound and the rate; shorter and longer ones are not.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import type { Slots } from "../../../lib/link/impairments/slots.ts";
import { randomSequence } from "../../../lib/random.ts";
import { transmissionMillis } from "../frames.ts";
import { checkSlots, planSlots, readSlots, type SlotsPlan } from "./slots.ts";
import { MIN_FRAME_BYTES } from "./stream.ts";

/** When packets that are due then pass netem's slots, each of which takes the machine so long. */
function dequeue(
  dueMillis: readonly number[],
  delayMillis: number,
  slots: Slots,
  random: () => number,
  passingMillis: number,
): number[] {
  const { minMillis, maxMillis } = slots;
  const bound = slots.packets ?? Number.POSITIVE_INFINITY;
  const [left, queue] = [[] as number[], [] as number[]];
  let [nextMillis, passing, wakeMillis] = [0, bound, Number.POSITIVE_INFINITY];
  const draw = (now: number) => {
    nextMillis = now + minMillis + random() * (maxMillis - minMillis);
    passing = bound;
  };
  const run = (startMillis: number) => {
    let now = startMillis;
    wakeMillis = Number.POSITIVE_INFINITY;
    for (let [due] = queue; due !== undefined; [due] = queue) {
      if (nextMillis < due) draw(now);
      if (due > now || nextMillis > now) {
        wakeMillis = Math.max(due, nextMillis);
        return;
      }
      queue.shift();
      left.push(now);
      now += passingMillis;
      passing -= 1;
      if (passing === 0) draw(now);
    }
  };
  for (const due of dueMillis) {
    while (wakeMillis <= due - delayMillis) run(wakeMillis);
    queue.push(due);
    run(Math.max(due - delayMillis, (left.at(-1) ?? 0) + passingMillis));
  }
  while (queue.length > 0) run(wakeMillis);
  return left;
}

function planOf(direction: Direction): SlotsPlan {
  const plan = planSlots(direction, false);
  assert.ok(plan !== null && !("refusal" in plan), JSON.stringify(plan));
  return plan;
}

/** The verdict on a link that is made otherwise than declared, or not. */
function verdict(declared: Partial<Direction> & { slots: Slots }, made: Slots, seed: number, passing = 0): string {
  const random = randomSequence(seed);
  const direction = { ...UNIMPAIRED, ...declared };
  const { delayMillis, jitterMillis, lossRatio, rateBitsPerSecond } = direction;
  const plan = planOf(direction);
  const sent = Array.from({ length: plan.packets }, (_, at) => 1 + (1000 * at) / plan.packetsPerSecond);
  let latest = 0;
  const due = sent.flatMap((millis) => {
    if (random() < lossRatio) return [];
    // Uniform, and in order.
    latest = Math.max(latest, millis + delayMillis + jitterMillis * (2 * random() - 1));
    return [latest];
  });
  let free = 0;
  const arrivals = dequeue(due, delayMillis - jitterMillis, made, random, passing).map((left) => {
    free = Math.max(free, left) + transmissionMillis(MIN_FRAME_BYTES, rateBitsPerSecond);
    // The machine sees a packet up to 0.2 ms late.
    return free + 0.2 * random();
  });
  return checkSlots(declared.slots, plan, readSlots(arrivals, declared.slots, plan)).verdict;
}

const times = (factor: number, { minMillis, maxMillis, packets }: Slots): Slots => ({
  minMillis: factor * minMillis,
  maxMillis: factor * maxMillis,
  packets,
});

describe("the check of slots", () => {
  for (const [minMillis, maxMillis] of [
    [20, 30],
    [10, 10],
    [4, 6],
    [100, 200],
  ] as const) {
    for (const packets of [1, 4, 10, 64, null]) {
      const slots = { minMillis, maxMillis, packets };
      it(`finds ${minMillis}/${maxMillis}/${packets} within, and others outside, at any delay`, () => {
        for (const delayMillis of [0, 30]) {
          for (let seed = 1; seed <= 6; seed += 1) {
            const verdicts = [1, 1.5, 0.6].map((factor) => verdict({ slots, delayMillis }, times(factor, slots), seed));
            assert.deepEqual(verdicts, ["within", "outside", "outside"], `delay ${delayMillis}, seed ${seed}`);
          }
        }
      });
    }
  }

  it("finds them within beside loss, jitter and a rate", () => {
    for (const packets of [1, 10, null]) {
      const slots = { minMillis: 20, maxMillis: 30, packets };
      for (const beside of [
        { lossRatio: 0.3 },
        { delayMillis: 40, jitterMillis: 5 },
        { rateBitsPerSecond: 2e6 },
        { delayMillis: 5, rateBitsPerSecond: 40e6, lossRatio: 0.05 },
      ])
        for (let seed = 1; seed <= 20; seed += 1)
          assert.equal(verdict({ slots, ...beside }, slots, seed), "within", `${packets} ${JSON.stringify(beside)}`);
    }
  });

  it("finds them within on a machine that lets packets through one after another", () => {
    for (const packets of [10, 64, null]) {
      const slots = { minMillis: 10, maxMillis: 20, packets };
      const verdicts = [1, 1.5, 0.6].map((factor) =>
        verdict({ slots, delayMillis: 10 }, times(factor, slots), 7, 0.05),
      );
      assert.deepEqual(verdicts, ["within", "outside", "outside"], `${packets}`);
    }
  });

  it("is not taken where it would say nothing, and says why", () => {
    const why = (change: Partial<Direction>, thorough = false) => {
      const plan = planSlots({ ...UNIMPAIRED, ...change }, thorough);
      return plan !== null && "refusal" in plan ? plan.refusal.note : "taken";
    };
    const slots = { minMillis: 20, maxMillis: 30, packets: null };
    const seldom = { minMillis: 1000, maxMillis: 2000, packets: null };
    assert.match(why({ slots: { ...slots, minMillis: 2 } }), /less than 4 ms apart/);
    assert.match(why({ slots: seldom }), /30 groups would take about 45 s \(`calibrate LINK thorough`\)/);
    assert.equal(why({ slots: seldom }, true), "taken");
    assert.match(why({ slots, rateBitsPerSecond: 64e3 }), /too few packets pass/);
    assert.match(why({ slots, lossRatio: 1 }), /too few packets pass/);
    assert.match(why({ slots, delayMillis: 40, jitterMillis: 10 }), /jitter leaves slots without a packet/);
    assert.equal(planSlots(UNIMPAIRED, false), null);
  });

  it("has no verdict of a sample with too few groups", () => {
    const slots = { minMillis: 20, maxMillis: 30, packets: null };
    const plan = planOf({ ...UNIMPAIRED, slots });
    assert.equal(checkSlots(slots, plan, readSlots([0, 25, 50], slots, plan)).verdict, "unjudged");
  });
});
