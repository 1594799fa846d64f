// A run whose generator, server, links or machine were saturated.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expected, run, verdict } from "../tests/study/judged-run.ts";
import { judge } from "./judge.ts";
import type { Reading } from "./snapshot.ts";

describe("a run with a saturated part", () => {
  it("is void when the generator, a link or the machine was saturated", () => {
    assert.match(verdict({ cpu: { "load-a": 14.5 } }).voidReason ?? "", /load-a was saturated/);
    assert.match(verdict({ cpu: { wan: 12.5 } }).voidReason ?? "", /wan was saturated/);
    const busy = { after: { machine: { cores: 2, busySeconds: 19, softirqSeconds: 1 } } };
    assert.match(verdict(busy).voidReason ?? "", /machine was saturated/);
  });

  it("is void when a host used nearly all of the processors that it can keep busy, be they fewer or more than one", () => {
    const ofServer = (cpuSeconds: number, processors: number) => {
      const allowed = { processorsOf: (name: string) => (name === "server" ? processors : 1) };
      return verdict({ cpu: { server: 7 + cpuSeconds } }, allowed).voidReason;
    };
    // In ten seconds, on a machine with two.
    for (const processors of [0.5, 1, 2, 16]) {
      const most = 10 * Math.min(2, processors);
      assert.equal(ofServer(0.89 * most, processors), null);
      assert.equal(ofServer(0.91 * most, processors), "server was saturated");
    }
  });

  it("is not void for the processor time in which a generator only waited for its next request", () => {
    const { before, after } = run({ cpu: { "load-a": 5 + 9.9 } });
    const reasonWith = (spunSeconds: Record<string, number>) => judge(before, after, expected, spunSeconds).voidReason;
    assert.equal(reasonWith({ "load-a": 2 }), null);
    for (const spun of [{}, { "load-a": 0.8 }, { server: 2 }]) assert.equal(reasonWith(spun), "load-a was saturated");
  });

  it("is not void for a machine that was busy for a few ticks of the kernel's clock", () => {
    const machine = { cores: 2, busySeconds: 0.05, softirqSeconds: 0 };
    const cpu = { "load-a": 5.005, server: 7.005, wan: 3.005 };
    assert.equal(verdict({ cpu, after: { atMillis: 25, machine } }).voidReason, null);
    const longer = verdict({ cpu, after: { atMillis: 1000, machine: { ...machine, busySeconds: 1.95 } } });
    assert.equal(longer.voidReason, "machine was saturated");
  });

  it("counts with a saturated server where that is the finding, and says where", () => {
    const busy = { cpu: { server: 16.9 } };
    assert.match(verdict(busy).voidReason ?? "", /server was saturated/);
    const { voidReason, saturated } = verdict(busy, { maySaturate: ["server"] });
    assert.deepEqual([voidReason, saturated], [null, "server"]);
  });

  it("is void when a part that may not be saturated was, also beside a busier one that may", () => {
    // Of ten seconds each.
    const machine = { cores: 4, busySeconds: 30, softirqSeconds: 1 };
    const busy = { cpu: { "load-a": 5 + 9.8, server: 7 + 9.9, wan: 3 + 9.7 }, after: { machine } };
    const { voidReason, saturated } = verdict(busy, { maySaturate: ["server"] });
    assert.deepEqual([voidReason, saturated], ["load-a was saturated; wan was saturated", "server"]);
    assert.equal(verdict(busy, { maySaturate: ["server", "wan"] }).voidReason, "load-a was saturated");
    assert.equal(verdict(busy, { maySaturate: ["server", "wan", "load-a"] }).voidReason, null);
  });

  it("says of each place that was saturated that it was, the busiest first", () => {
    const machine = { cores: 4, busySeconds: 37, softirqSeconds: 1 };
    const busy = { cpu: { "load-a": 5 + 9.8, server: 7 + 9.9, wan: 3 + 9.7 }, after: { machine } };
    const may = { maySaturate: ["server", "wan", "load-a", "machine"] };
    const { saturated, alsoSaturated } = verdict(busy, may);
    assert.deepEqual([saturated, alsoSaturated], ["server", ["generator", "link", "machine"]]);
    assert.deepEqual(verdict({ cpu: { server: 7 + 9.9 } }, may).alsoSaturated, []);
  });

  it("is void when the machine was saturated beside a server that may be", () => {
    const machine = { cores: 2, busySeconds: 19, softirqSeconds: 1 };
    const busy = { cpu: { server: 7 + 9.9 }, after: { machine } };
    assert.equal(verdict(busy, { maySaturate: ["server"] }).voidReason, "machine was saturated");
    assert.equal(verdict(busy, { maySaturate: ["server", "machine"] }).voidReason, null);
  });

  it("names a saturated part once, however many measurements share it", () => {
    const busy = { cpu: { server: 7 + 9.9 } };
    const beside = [{ generator: "load-b", server: "server" }];
    const { before, after } = run(busy);
    const packets = (reading: Reading) => ({ ...reading.packets, "load-b": { received: 0, sent: 0 } });
    const { voidReason } = judge(
      { ...before, packets: packets(before) },
      { ...after, packets: packets(after) },
      { ...expected, beside },
    );
    assert.equal(voidReason, "server was saturated");
  });
});
