// The kernel's result against the request, on recorded output (recorded/, see counters.test.ts).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { directionSeeds, type LinkSettings, rttMillis, stagesOf } from "../../lib/link/link.ts";
import type { Qdisc } from "../../lib/link/qdisc.ts";
import { BARE } from "./apply-settings.ts";
import { devicesOf } from "./backend.ts";
import { differences } from "./readback.ts";
import { parseQdiscs, redirectTargets } from "./tc-report.ts";

const recorded = (name: string) => readFileSync(`${import.meta.dirname}/recorded/${name}`, "utf8");
const devices = devicesOf("vec0", "vec1");
const qdiscs = parseQdiscs(recorded("qdiscs.json"));
const redirects: Record<string, string[]> = { vec0: redirectTargets(recorded("filters.json")), vec1: [] };
const SEEDS = directionSeeds(4294967295);
const asked: LinkSettings = {
  forward: {
    ...UNIMPAIRED,
    delayMillis: 12.3456,
    lossRatio: 0.015,
    rateBitsPerSecond: 2e6,
    queue: { kind: "drop-tail", amount: 40, unit: "packets" },
  },
  backward: { ...UNIMPAIRED, rateBitsPerSecond: 30e6, queue: { kind: "drop-tail", amount: 64000, unit: "bytes" } },
  seed: 4294967295,
};

type Seeds = Record<"forward" | "backward", number | null>;

function differ(
  settings: LinkSettings,
  seeds: Seeds = SEEDS,
  redirectsSeen: typeof redirects = redirects,
  qdiscsSeen: typeof qdiscs = qdiscs,
): string[] {
  const rtt = rttMillis(settings);
  const stages = {
    forward: stagesOf(settings.forward, rtt, seeds.forward),
    backward: stagesOf(settings.backward, rtt, seeds.backward),
  };
  return differences(stages, devices, qdiscsSeen, redirectsSeen);
}

const found = (change: Partial<LinkSettings["forward"]>, seeds: Seeds = SEEDS) =>
  differ({ ...asked, forward: { ...asked.forward, ...change } }, seeds);

describe("reading back a link", () => {
  it("finds no difference where there is none", () => {
    assert.deepEqual(found({}), []);
  });

  it("names each value that is not what was asked", () => {
    assert.deepEqual(found({ delayMillis: 12.35 }), [
      "forward propagation delay delay: asked for 0.01235, found 0.012346",
    ]);
    assert.deepEqual(found({ lossRatio: 0.0151 }), [
      "forward propagation loss-random loss: asked for 0.0151, found 0.015",
    ]);
    assert.deepEqual(found({ rateBitsPerSecond: 2.1e6 }), [
      "forward transmission rate rate: asked for 262500, found 250000",
    ]);
    assert.deepEqual(found({ queue: { kind: "drop-tail", amount: 41, unit: "packets" } }), [
      "forward transmission limit: asked for 41, found 40",
    ]);
    assert.match(found({}, { ...SEEDS, forward: 5 }).join(), /forward propagation seed: asked for 5, found 2180083513/);
  });

  it("takes no seed and no number of packets for another that is near", () => {
    const near = (change: Partial<LinkSettings["forward"]>, seed: number | null) =>
      found(change, { ...SEEDS, forward: seed });
    assert.match(near({}, 2180083514).join(), /forward propagation seed: asked for 2180083514, found 2180083513/);
    const vast = qdiscs.map((qdisc) =>
      qdisc.dev === "ifb0" ? { ...qdisc, options: { ...qdisc.options, limit: 9_999_999 } } : qdisc,
    );
    const differs = differ(asked, SEEDS, redirects, vast);
    assert.deepEqual(differs, ["forward propagation limit: asked for 10000000, found 9999999"]);
  });

  it("finds what is there although it was not asked for", () => {
    assert.deepEqual(found({ lossRatio: 0 }), ["forward propagation loss-random loss: asked for none, found 0.015"]);
    assert.deepEqual(found({ rateBitsPerSecond: null }), [
      "forward transmission: there is a netem that was not asked for",
    ]);
    assert.equal(differ(BARE).length, 4);
  });

  it("finds what is not there although it was asked for", () => {
    assert.deepEqual(differ({ ...asked, backward: { ...asked.backward, delayMillis: 1 } }), [
      "backward propagation: there is pfifo_fast where a netem was asked for",
      "backward redirection from vec1: asked for ifb1, found nothing",
    ]);
    assert.deepEqual(differ(asked, SEEDS, { vec0: ["ifb1"] }), [
      "forward redirection from vec0: asked for ifb0, found ifb1",
    ]);
  });

  it("takes a bucket in ticks of the kernel's clock as what was asked, and no other", () => {
    const rateBitsPerSecond = 150e6;
    const settings: LinkSettings = {
      forward: { ...UNIMPAIRED, rateBitsPerSecond, queue: { kind: "fq" } },
      backward: UNIMPAIRED,
      seed: null,
    };
    const tbf = stagesOf(settings.forward, rttMillis(settings), null).transmission as Qdisc;
    assert.equal(tbf.report.burst, 75_000);
    const counted = { bytes: 0, packets: 0, drops: 0, backlog: 0, qlen: 0, dev: "vec1" };
    const withBucket = (burst: number): typeof qdiscs => [
      { ...counted, kind: "tbf", root: true, handle: "1:", options: { ...tbf.report, burst } },
      { ...counted, kind: "fq", parent: "1:1", handle: "2:", options: { ...tbf.child?.report } },
    ];
    const none = { propagation: null, transmission: null };
    const stages = { forward: { ...none, transmission: tbf }, backward: none };
    const differ = (burst: number) => differences(stages, devices, withBucket(burst), { vec0: [], vec1: [] });
    // A guest's tc 6.15 printed 74,998 bytes; 6.1 prints 74,981.
    assert.deepEqual([...differ(75_000), ...differ(74_998), ...differ(74_981)], []);
    assert.deepEqual(differ(74_900), ["forward transmission burst: asked for 75000, found 74900"]);
  });

  it("asks for no seed where the kernel takes none", () => {
    const unseeded = { forward: null, backward: null };
    assert.deepEqual(found({}, unseeded), []);
  });
});
