// The tc commands of a link as text. They were run in a guest and read back
// (tests/docker/link.test.ts).

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { tableOf } from "../../tests/link/jitter-table.ts";
import { type Direction, UNIMPAIRED } from "./direction.ts";
import { buildCommands, changeStages, directionSeeds, removeCommands, rttMillis, stagesOf } from "./link.ts";
import { propagation } from "./propagation.ts";
import { transmission } from "./transmission.ts";

const devices = { ingress: "vec0", ifb: "ifb0", egress: "vec1" };
const build = (change: Partial<Direction>, rtt = 100, seed: number | null = null) =>
  buildCommands(stagesOf({ ...UNIMPAIRED, ...change }, rtt, seed), devices).map((words) => words.join(" "));

describe("the tc commands of a direction", () => {
  it("are none when it impairs nothing", () => {
    assert.deepEqual(build({}), []);
  });

  it("put delay and loss on an ifb at the ingress, rate and queue at the egress", () => {
    assert.deepEqual(build({ delayMillis: 50, lossRatio: 0.01, rateBitsPerSecond: 50e6 }, 100, 7), [
      "qdisc add dev ifb0 root handle 1: netem limit 10000000 delay 50000us loss random 1% seed 7",
      "qdisc add dev vec0 handle ffff: ingress",
      "filter add dev vec0 parent ffff: protocol ip u32 match u32 0 0 action mirred egress redirect dev ifb0",
      "qdisc add dev vec1 root handle 1: netem limit 412 rate 50000000bit seed 7",
    ]);
  });

  it("leave out a stage that does nothing", () => {
    assert.deepEqual(
      build({ lossRatio: 1 }).map((command) => command.split(" ")[3]),
      ["ifb0", "vec0", "vec0"],
    );
    assert.deepEqual(build({ rateBitsPerSecond: 8000, queue: { kind: "drop-tail", amount: 3, unit: "packets" } }, 0), [
      "qdisc add dev vec1 root handle 1: netem limit 3 rate 8000bit",
    ]);
  });

  it("put jitter beside the delay, and a rate that keeps packets in order", () => {
    assert.equal(
      build({ delayMillis: 50, jitterMillis: 5 })[0],
      "qdisc add dev ifb0 root handle 1: netem limit 10000000 delay 50000us 5000us distribution normal rate 100000000000bit",
    );
  });

  it("name a table by the file that the agent makes of it", () => {
    const table = tableOf("-8192 0 8192");
    assert.match(
      build({ delayMillis: 50, jitterMillis: 5, jitterDistribution: table, jitterOrder: "free" })[0] ?? "",
      /delay 50000us 5000us distribution (\.\.\/)+run\/rttlab\/[0-9a-f]{12}$/,
    );
  });

  it("lose everything of a direction that is down, and nothing else happens on the way", () => {
    const gilbertElliott = { toBadRatio: 0.1, toGoodRatio: 0.5, badLossRatio: 1, goodLossRatio: 0 };
    assert.equal(
      build({ state: "down", delayMillis: 50, jitterMillis: 5, gilbertElliott })[0],
      "qdisc add dev ifb0 root handle 1: netem limit 10000000 loss random 100%",
    );
  });

  it("put all that happens on the way into one netem", () => {
    const change: Partial<Direction> = {
      delayMillis: 50,
      jitterMillis: 5,
      jitterDistribution: "pareto",
      jitterOrder: "free",
      reorderingRatio: 0.01,
      gilbertElliott: { toBadRatio: 0.005, toGoodRatio: 0.2, badLossRatio: 1, goodLossRatio: 0 },
      corruptionRatio: 0.001,
      slots: { minMillis: 1, maxMillis: 2.5, packets: 4 },
    };
    assert.equal(
      build(change)[0],
      "qdisc add dev ifb0 root handle 1: netem limit 10000000 delay 50000us 5000us distribution pareto reorder 1% " +
        "loss gemodel 0.5% 20% 100% 0% corrupt 0.1% slot 1000us 2500us packets 4",
    );
  });

  it("put an AQM below a token bucket, where it sees the queue", () => {
    assert.deepEqual(build({ rateBitsPerSecond: 10e6, queue: { kind: "fq_codel", ecn: false } }, 20, 7), [
      "qdisc add dev vec1 root handle 1: tbf rate 10000000bit burst 5000b limit 15503360b",
      "qdisc add dev vec1 parent 1:1 handle 2: fq_codel limit 10240 flows 1024 quantum 1514 " +
        "target 5000us interval 100000us memory_limit 33554432b drop_batch 64 noecn",
    ]);
  });

  it("put a fifo below a token bucket where a timeline drives the rate, and change both in place", () => {
    const driven = (rateBitsPerSecond: number) => stagesOf({ ...UNIMPAIRED, rateBitsPerSecond }, 100, 7, true);
    const text = (commands: string[][]) => commands.map((command) => command.join(" "));
    assert.deepEqual(text(buildCommands(driven(10e6), devices)), [
      "qdisc add dev vec1 root handle 1: tbf rate 10000000bit burst 4014b limit 82",
      "qdisc add dev vec1 parent 1:1 handle 2: pfifo limit 82",
    ]);
    const { commands, rebuilt } = changeStages(driven(10e6), driven(5e6), devices);
    assert.deepEqual(text(commands), ["qdisc change dev vec1 root handle 1: tbf rate 5000000bit burst 2764b limit 41"]);
    assert.deepEqual(rebuilt, []);
    const plain = stagesOf({ ...UNIMPAIRED, rateBitsPerSecond: 5e6 }, 100, 7);
    assert.deepEqual(changeStages(plain, driven(5e6), devices).rebuilt, ["transmission"]);
  });

  it("name no queue while the rate is not limited", () => {
    assert.ok(
      !build({ delayMillis: 1, queue: { kind: "drop-tail", amount: 3, unit: "packets" } }).some((each) =>
        each.includes("limit 3"),
      ),
    );
  });

  it("change a stage in place where its options stay, and build it anew where they do not", () => {
    const stages = (change: Partial<Direction>, seed = 7) => stagesOf({ ...UNIMPAIRED, ...change }, 100, seed);
    const turn = (from: Partial<Direction>, to: Partial<Direction>) => {
      const { commands, rebuilt } = changeStages(stages(from), stages(to, 8), devices);
      return { commands: commands.map((command) => command.join(" ")), rebuilt };
    };
    const before = { delayMillis: 50, rateBitsPerSecond: 10e6 };
    assert.deepEqual(turn(before, { delayMillis: 20, rateBitsPerSecond: 5e6 }), {
      commands: [
        "qdisc change dev ifb0 root handle 1: netem limit 10000000 delay 20000us seed 8",
        "qdisc change dev vec1 root handle 1: netem limit 41 rate 5000000bit seed 8",
      ],
      rebuilt: [],
    });
    assert.deepEqual(turn({ ...before, lossRatio: 0.1 }, before).rebuilt, ["propagation"]);
    assert.deepEqual(turn(before, { ...before, queue: { kind: "codel", ecn: false } }).rebuilt, ["transmission"]);
    assert.deepEqual(turn(before, {}).rebuilt, ["propagation", "transmission"]);
    const jitter = { delayMillis: 50, jitterMillis: 5 };
    assert.deepEqual(turn(jitter, { ...jitter, jitterDistribution: "pareto" }).rebuilt, ["propagation"]);
    const byTable = (text: string) => ({ ...jitter, jitterDistribution: tableOf(text) });
    assert.deepEqual(turn(byTable("1 2"), byTable("1 3")).rebuilt, ["propagation"]);
    assert.deepEqual(turn(byTable("1 2"), { ...byTable("1 2"), delayMillis: 40 }).rebuilt, []);
    const aqm = (rateBitsPerSecond: number) => ({ rateBitsPerSecond, queue: { kind: "pie", ecn: false } as const });
    assert.deepEqual(turn(aqm(10e6), aqm(20e6)), {
      commands: ["qdisc change dev vec1 root handle 1: tbf rate 20000000bit burst 10000b limit 15503360b"],
      rebuilt: [],
    });
    assert.deepEqual(turn(aqm(10e6), aqm(10e6)), { commands: [], rebuilt: [] });
  });

  it("are undone device by device", () => {
    assert.deepEqual(
      removeCommands(devices).map((words) => words.join(" ")),
      ["qdisc del dev vec0 ingress", "qdisc del dev ifb0 root", "qdisc del dev vec1 root"],
    );
  });
});

describe("what tc must say of a direction", () => {
  it("is each value as netem holds it: microseconds of delay, whole bytes of rate", () => {
    const direction: Direction = {
      ...UNIMPAIRED,
      delayMillis: 12.3456,
      lossRatio: 0.015,
      rateBitsPerSecond: 2_000_007,
    };
    assert.deepEqual(propagation(direction, 7)?.report, {
      limit: 10_000_000,
      delay: { delay: 0.012346 },
      "loss-random": { loss: 0.015 },
      seed: 7,
    });
    assert.deepEqual(transmission(direction, 100, null)?.report, { rate: { rate: 250_000 }, limit: 16 });
  });

  it("joins what delay and jitter say of one option", () => {
    const { delay } = (propagation({ ...UNIMPAIRED, delayMillis: 50, jitterMillis: 5 }, null)?.report ?? {}) as {
      delay?: unknown;
    };
    assert.deepEqual(delay, { delay: 0.05, jitter: 0.005 });
  });

  it("is nothing for a stage that is not built", () => {
    assert.equal(propagation(UNIMPAIRED, 7), null);
    assert.equal(transmission({ ...UNIMPAIRED, delayMillis: 1 }, 0, 7), null);
  });
});

describe("a link", () => {
  it("has the delay of both directions as its round-trip delay", () => {
    const link = {
      forward: { ...UNIMPAIRED, delayMillis: 30 },
      backward: { ...UNIMPAIRED, delayMillis: 20 },
      seed: null,
    };
    assert.equal(rttMillis(link), 50);
  });

  it("gives its directions seeds of their own, the same ones for the same seed, in netem's range", () => {
    assert.deepEqual(directionSeeds(42), directionSeeds(42));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seed) => {
        const { forward, backward } = directionSeeds(seed);
        assert.notEqual(forward, backward);
        for (const each of [forward, backward]) assert.ok(Number.isInteger(each) && each >= 1 && each < 2 ** 32);
      }),
    );
  });
});
