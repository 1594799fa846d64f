// Each condition of a run, kept and broken.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DirectionCount, type Expectation, judge, type Snapshot } from "./judge.ts";

const none: DirectionCount = { received: 0, sent: 0, lost: 0, dropped: 0, missed: 0, held: 0 };

const expected: Expectation = {
  generator: "load-a",
  server: "server",
  links: ["wan"],
  rttMillis: 100,
  mayDrop: [],
  maySaturate: [],
};

/** Ten seconds in which 1,000 packets crossed each way. */
function run(
  change: { forward?: Partial<DirectionCount>; cpu?: Record<string, number>; after?: Partial<Snapshot> } = {},
) {
  const before: Snapshot = {
    atMillis: 0,
    links: { wan: { forward: none, backward: none } },
    cpuSeconds: { "load-a": 5, server: 7, wan: 3 },
    machine: { cores: 2, busySeconds: 0, softirqSeconds: 0 },
    tcp: { lossEvents: 3, timeouts: 1, resentSegments: 5 },
    rttMillis: 100.4,
  };
  const through = { ...none, received: 1000, sent: 1000 };
  const after: Snapshot = {
    ...before,
    atMillis: 10_000,
    links: { wan: { forward: { ...through, ...change.forward }, backward: through } },
    cpuSeconds: { "load-a": 6, server: 9, wan: 3.5, ...change.cpu },
    machine: { cores: 2, busySeconds: 6, softirqSeconds: 1 },
    tcp: { lossEvents: 13, timeouts: 2, resentSegments: 25 },
    ...change.after,
  };
  return { before, after };
}

function verdict(change: Parameters<typeof run>[0] = {}, allowed: Partial<Expectation> = {}) {
  const { before, after } = run(change);
  return judge(before, after, { ...expected, ...allowed });
}

describe("a run", () => {
  it("counts when nothing is wrong, and its values are those of the time between", () => {
    const { voidReason, saturated, values } = verdict();
    assert.deepEqual([voidReason, saturated], [null, "none"]);
    assert.equal(values.forwardedPackets, 2000);
    assert.equal(values.serverCpuSeconds, 2);
    assert.deepEqual([values.lossEvents, values.timeouts, values.resentSegments], [10, 1, 20]);
    assert.equal(values.rttSeconds, 0.1004);
  });

  it("is void when a queue dropped that should not, and counts when it may", () => {
    const dropped = { forward: { sent: 990, dropped: 10 } };
    assert.match(verdict(dropped).voidReason ?? "", /queue of wan\.forward dropped 10 packets/);
    assert.equal(verdict(dropped, { mayDrop: ["wan.forward"] }).voidReason, null);
  });

  it("is void when packets are unaccounted for, and not for those lost, queued or on their way", () => {
    assert.match(
      verdict({ forward: { sent: 950 } }).voidReason ?? "",
      /50 packets of wan\.forward are unaccounted for/,
    );
    assert.equal(verdict({ forward: { sent: 950, lost: 40, held: 10 } }).voidReason, null);
  });

  it("is void when the link had no room for frames", () => {
    assert.match(verdict({ forward: { sent: 999, missed: 1 } }).voidReason ?? "", /no room for 1 frames/);
  });

  it("is void when the path was not as configured, before or after", () => {
    assert.match(verdict({ after: { rttMillis: 103 } }).voidReason ?? "", /RTT of 103 ms after the run/);
    assert.match(verdict({ after: { rttMillis: null } }).voidReason ?? "", /no ping came back after/);
    assert.equal(verdict({ after: { rttMillis: 101.5 } }).voidReason, null);
  });

  it("is void when the generator, a link or the machine was saturated", () => {
    assert.match(verdict({ cpu: { "load-a": 14.5 } }).voidReason ?? "", /load-a was saturated/);
    assert.match(verdict({ cpu: { wan: 12.5 } }).voidReason ?? "", /wan was saturated/);
    const busy = { after: { machine: { cores: 2, busySeconds: 19, softirqSeconds: 1 } } };
    assert.match(verdict(busy).voidReason ?? "", /machine was saturated/);
  });

  it("counts with a saturated server where that is the finding, and says where", () => {
    const busy = { cpu: { server: 16.9 } };
    assert.match(verdict(busy).voidReason ?? "", /server was saturated/);
    const { voidReason, saturated } = verdict(busy, { maySaturate: ["server"] });
    assert.deepEqual([voidReason, saturated], [null, "server"]);
  });

  it("lists every reason", () => {
    const reason = verdict({ forward: { sent: 900, dropped: 10 }, after: { rttMillis: 150 } }).voidReason ?? "";
    assert.equal(reason.split("; ").length, 3);
  });
});
