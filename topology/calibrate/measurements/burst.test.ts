// Bursts over simulated links: they yield the rate and the queue, and detect a wrong one.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import type { LinkSettings } from "../../../lib/link/link.ts";
import { queuePackets } from "../../../lib/link/queues/table.ts";
import { randomSequence } from "../../../lib/random.ts";
import type { Flight } from "../capture.ts";
import { transmissionMillis } from "../frames.ts";
import { untilSettled } from "../settle.ts";
import { simulateLink } from "../simulated-link.ts";
import { type BurstPlan, longerBursts, planBurst, readBursts } from "./burst.ts";
import { checksOfBursts } from "./table.ts";

const ECHO_BYTES = 58;
/** Lives of each link, each with five verdicts. */
const SEEDS = 8;

function declared(rateBitsPerSecond: number, queued: number, delayMillis: number, lossRatio = 0): LinkSettings {
  const direction: Direction = {
    ...UNIMPAIRED,
    delayMillis,
    lossRatio,
    rateBitsPerSecond,
    queue: { kind: "drop-tail", amount: queued, unit: "packets" },
  };
  return { forward: direction, backward: direction, seed: null };
}

function held({ forward }: LinkSettings): number {
  return queuePackets(forward.queue, { rateBitsPerSecond: forward.rateBitsPerSecond, rttMillis: 0 });
}

function planned(settings: LinkSettings): BurstPlan {
  const plan = planBurst(settings, settings.forward);
  return "reason" in plan ? assert.fail(plan.reason) : plan;
}

/** The circumstances of a sample (simulated-link.ts). */
interface Circumstances {
  /** How fast the sender is beside the plan. */
  paceRatio: number;
  /** How far echoes are from what the settings let expect. */
  offMillis: number;
  takingMillis: number;
  pauses: { everyMillis: number; millis: number };
}

/**
 * Verdicts of rate and queue for a link that is made and declared like this, from as many samples
 * as a calibration takes.
 */
async function verdicts(
  made: LinkSettings,
  settings: LinkSettings,
  lateMillis: number,
  seed: number,
  { paceRatio = 1, offMillis = 0, ...machine }: Partial<Circumstances> = {},
): Promise<string[]> {
  const random = randomSequence(seed);
  const plan = planned(settings);
  let next = plan;
  const { delayMillis, lossRatio, rateBitsPerSecond } = made.forward;
  const rate = rateBitsPerSecond ?? 0;
  const link = { delayMillis, lossRatio, rateBitsPerSecond: rate, queued: held(made), lateMillis, ...machine };
  const send = ({ trains, packetsPerSecond, frameBytes }: BurstPlan, packets: number, on: typeof link) =>
    Array.from({ length: trains }, (_, train) => {
      const gapMillis = 1000 / packetsPerSecond / paceRatio;
      const sent = Array.from({ length: packets }, (_, at) => 1000 + at * gapMillis + (at > 0 ? random() * 0.02 : 0));
      return simulateLink(sent, frameBytes, on, random, train);
    });
  const { roomy } = plan;
  const sample = async () => ({
    trains: send(plan, next.packets, link),
    roomy: roomy === null ? [] : send(roomy, roomy.packets, { ...link, queued: roomy.queued }),
  });
  const likely = transmissionMillis(plan.frameBytes, settings.forward.rateBitsPerSecond);
  const echo = {
    delayMillis: delayMillis + transmissionMillis(ECHO_BYTES, rate) + offMillis,
    offMillis,
    lateMillis: 2.2 * lateMillis,
    jitterMillis: 0,
    bytes: ECHO_BYTES,
  };
  const judge = ({ trains, roomy }: Record<"trains" | "roomy", Flight[][]>) => {
    const read = readBursts(trains, plan, likely, echo, roomy);
    if (read.queued === null) next = longerBursts(next);
    return checksOfBursts({ direction: settings.forward, plan, read });
  };
  return (await untilSettled(judge, sample)).map(({ verdict }) => verdict);
}

const LINKS: readonly (readonly [bits: number, queued: number, delayMillis: number, lossRatio: number])[] = [
  [16e3, 4, 10, 0],
  [1.2e6, 3, 10, 0.3],
  [64e3, 10, 10, 0.5],
  [1e6, 40, 200, 0.05],
  [5e6, 20, 5, 0.2],
  [50e6, 412, 50, 0],
  [50e6, 412, 50, 0.05],
  [100e6, 800, 20, 0.1],
];

describe("bursts into a link", () => {
  for (const [bits, queued, delayMillis, lossRatio] of LINKS) {
    const name = `${bits / 1e6} Mbit/s, ${queued} packets, ${delayMillis} ms, ${lossRatio * 100} % lost`;
    const made = declared(bits, queued, delayMillis, lossRatio);

    it(`find a true link within: ${name}`, async () => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        assert.deepEqual(await verdicts(made, made, 0.05, seed), ["within", "within"], `seed ${seed}`);
      }
    });

    it(`find a rate that is 3 % off and a queue that is 15 % off: ${name}`, async () => {
      const off = [Math.ceil(queued * 1.15), Math.min(queued - 1, Math.floor(queued / 1.15))];
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        for (const wrong of [bits * 1.03, bits / 1.03]) {
          const [rate] = await verdicts(made, declared(wrong, queued, delayMillis, lossRatio), 0.05, seed);
          assert.equal(rate, "outside", `seed ${seed}`);
        }
        for (const wrong of off) {
          const [, queue] = await verdicts(made, declared(bits, wrong, delayMillis, lossRatio), 0.05, seed);
          assert.equal(queue, "outside", `${wrong} instead, seed ${seed}`);
        }
      }
    });
  }

  it("are not judged where a busy machine scatters them more than what is to be found", async () => {
    const fast = declared(100e6, 4, 5);
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      assert.ok(!(await verdicts(fast, fast, 3, seed)).includes("outside"), `seed ${seed}`);
    }
  });

  it("from a sender too slow to fill the queue do not call it shorter, but do find a longer one", async () => {
    const long = declared(111e6, 1201, 35, 0.003);
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const [, queue] = await verdicts(long, long, 0.05, seed, { paceRatio: 0.55 });
      assert.equal(queue, "unjudged", `seed ${seed}`);
      const [, longer] = await verdicts(long, declared(111e6, 600, 35, 0.003), 0.05, seed, { paceRatio: 0.9 });
      assert.equal(longer, "outside", `seed ${seed}`);
    }
  });

  it("find no queue outside that a busy machine, which takes packets up too late, makes look longer", async () => {
    const [slow, fast] = [declared(38.7e6, 2897, 154, 0.121), declared(111e6, 1201, 35, 0.003)];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      for (const takingMillis of [0.07, 0.08, 0.1]) {
        const [, queue] = await verdicts(fast, fast, 0.05, seed, { takingMillis });
        assert.notEqual(queue, "outside", `seed ${seed}, ${takingMillis} ms`);
      }
      assert.equal((await verdicts(slow, slow, 0.05, seed, { takingMillis: 0.07 }))[1], "within", `seed ${seed}`);
    }
  });

  it("know a queue even where the machine pauses now and then, and catches up", async () => {
    const [made, wrong] = [declared(50e6, 412, 50), declared(50e6, 358, 50)];
    const machine = { takingMillis: 0.1, pauses: { everyMillis: 100, millis: 12 } };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      assert.equal((await verdicts(made, made, 0.05, seed, machine))[1], "within", `seed ${seed}`);
      assert.equal((await verdicts(made, wrong, 0.05, seed, machine))[1], "outside", `seed ${seed}`);
    }
  });

  it("tell a rate over a queue of one packet or two, which is given room, from one that is 3 % off", async () => {
    for (const [bits, queued] of [
      [1.2e6, 1],
      [7e6, 1],
      [10.8e6, 2],
      [70e6, 1],
    ] as const) {
      const made = declared(bits, queued, 10);
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        assert.equal((await verdicts(made, made, 0.05, seed))[0], "within", `${bits}, seed ${seed}`);
        for (const wrong of [bits * 1.03, bits / 1.03]) {
          const [rate] = await verdicts(made, declared(wrong, queued, 10), 0.05, seed);
          assert.equal(rate, "outside", `${bits} declared ${wrong}, seed ${seed}`);
        }
      }
    }
  });

  it("of single packets do not judge the rate by echoes that were late by as much as what is to be found", async () => {
    const [made, wrong] = [declared(185e3, 1, 10), declared(190e3, 1, 10)];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      assert.equal((await verdicts(made, made, 0.02, seed))[0], "within", `seed ${seed}`);
      assert.equal((await verdicts(made, wrong, 0.02, seed))[0], "outside", `seed ${seed}`);
      assert.equal((await verdicts(made, wrong, 0.02, seed, { offMillis: 2 }))[0], "unjudged", `seed ${seed}`);
    }
  });

  it("of small frames fill a long queue of a slow link in some seconds", () => {
    // 8 bandwidth-delay products of 1 Mbit/s and 4 s: 2642 packets, which take 32 s in full frames.
    assert.ok(planned(declared(1e6, 2642, 2000)).millis < 6000);
  });

  it("have left a queue that keeps them all before the next one comes", () => {
    for (const rateBitsPerSecond of [1e6, 10e6, 50e6, 100e6]) {
      const direction: Direction = { ...UNIMPAIRED, rateBitsPerSecond, queue: { kind: "fq_codel", ecn: false } };
      const { packets, frameBytes, millis, trains } = planned({ forward: direction, backward: direction, seed: null });
      const allGoneMillis = packets * transmissionMillis(frameBytes, rateBitsPerSecond);
      assert.ok(allGoneMillis <= millis / trains, `${rateBitsPerSecond}: ${allGoneMillis} of ${millis / trains} ms`);
    }
  });

  it("are not sent where nothing queues, or where a probe is no faster than the link", () => {
    const unlimited = declared(1e6, 10, 10);
    assert.ok("reason" in planBurst(unlimited, { ...unlimited.forward, rateBitsPerSecond: null }));
    assert.ok("reason" in planBurst(unlimited, { ...unlimited.forward, rateBitsPerSecond: 1e9 }));
  });
});
