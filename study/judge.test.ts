// Each condition of a run, kept and broken.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { direction, expected, none, run, settings, verdict } from "../tests/study/judged-run.ts";
import { judge } from "./judge.ts";
import type { Expectation, Reading } from "./snapshot.ts";

describe("a run", () => {
  it("counts when nothing is wrong, and its values are those of the time between", () => {
    const { voidReason, saturated, values } = verdict();
    assert.deepEqual([voidReason, saturated], [null, "none"]);
    assert.equal(values.forwardedPackets, 2000);
    assert.equal(values.serverCpuSeconds, 2);
    assert.deepEqual([values.lossEvents, values.timeouts, values.resentSegments], [10, 1, 20]);
    assert.equal(values.rttSeconds, 0.1004);
  });

  it("has no counts of TCP where the measurement is over RUDP, whose losses the kernel does not know", () => {
    const { values } = verdict({}, { isOverTcp: false });
    for (const name of ["lossEvents", "timeouts", "resentSegments"]) assert.ok(!(name in values), name);
  });

  it("has what each container used between, and the memory of the last reading", () => {
    const { containers } = verdict();
    assert.deepEqual(Object.keys(containers), ["load-a", "server", "wan"]);
    assert.deepEqual(containers.server, { cpuSeconds: 2, memoryBytes: 55e6, receivedBytes: 100, sentBytes: 1000 });
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

  it("counts with a dozen packets astray, of ARP, and is void with one more, too few or too many", () => {
    assert.equal(verdict({ forward: { sent: 988 } }).voidReason, null);
    assert.equal(verdict({ forward: { sent: 1012 } }).voidReason, null);
    assert.equal(verdict({ forward: { sent: 987 } }).voidReason, "13 packets of wan.forward are unaccounted for");
    assert.equal(verdict({ forward: { sent: 1013 } }).voidReason, "-13 packets of wan.forward are unaccounted for");
  });

  it("is void when something else was under way before", () => {
    const busy = { before: { forward: { ...none, held: 3 } } };
    assert.match(verdict(busy).voidReason ?? "", /3 packets of something else were under way in wan\.forward before/);
  });

  it("is void when packets were lost between a host and the link, or came in from elsewhere", () => {
    const lost = { hosts: { "load-a": { received: 1007, sent: 1058 } } };
    assert.match(
      verdict(lost).voidReason ?? "",
      /^50 packets were lost outside the links, between load-a and wan\.forward$/,
    );
    const other = { hosts: { server: { received: 1009, sent: 910 } } };
    assert.match(verdict(other).voidReason ?? "", /^100 packets of something else came in at wan\.backward$/);
  });

  it("counts the packets of those that measure beside it, and is void when theirs are lost", () => {
    // Of the 1000 packets each way the rival sends and receives 300.
    const rival = (sent: number) => ({
      before: { packets: { "load-a": zero, "load-b": zero, server: zero } },
      hosts: { "load-a": { received: 700, sent: 700 }, "load-b": { received: 300, sent }, server: both },
    });
    const [zero, both] = [
      { received: 0, sent: 0 },
      { received: 1000, sent: 1000 },
    ];
    const reasonOf = (sent: number, beside: Expectation["beside"]) => {
      const { before, after } = run({ hosts: rival(sent).hosts });
      return judge({ ...before, packets: rival(sent).before.packets }, after, { ...expected, beside }).voidReason ?? "";
    };
    const beside = [{ generator: "load-b", server: "server" }];
    assert.equal(reasonOf(300, beside), "");
    assert.match(
      reasonOf(320, beside),
      /20 packets were lost outside the links, between load-a and load-b and wan\.forward/,
    );
    assert.match(reasonOf(300, []), /300 packets of something else came in at wan\.forward/);
  });

  it("expects no packet of a pair within one host, and none of its from others", () => {
    const inside = { generator: "inside", server: "server", path: [] };
    const zero = { received: 0, sent: 0 };
    const reasonOf = (change: Partial<Expectation>) => {
      const { before, after } = run({
        hosts: { "load-a": { received: 700, sent: 600 }, server: { received: 600, sent: 700 } },
      });
      const packets = { "load-a": zero, server: zero, inside: zero };
      const near = { rttMillis: 0.1 };
      const wanted = { ...expected, ...inside, ...change };
      return judge({ ...before, ...near, packets }, { ...after, ...near }, wanted).voidReason;
    };
    assert.equal(reasonOf({}), null);
    assert.equal(reasonOf({ beside: [{ generator: "load-a", server: "server" }] }), null);
  });

  it("is void when the link was set to something else, by its agent or behind its back, or set anew", () => {
    const slow = { ...settings, forward: { ...direction, rateBitsPerSecond: 1e6 } };
    assert.match(verdict({ link: { settings: slow } }).voidReason ?? "", /wan was set to something else after the run/);
    const behind = verdict({ before: { differences: ["forward propagation: there is nothing"] } }).voidReason;
    assert.equal(behind, "wan was not as it was set before the run: forward propagation: there is nothing");
    assert.equal(verdict({ link: { revision: "b" } }).voidReason, "wan was set anew during the run");
    assert.equal(verdict({ link: { settings: { ...settings, seed: 3 } } }).voidReason, null);
  });

  it("is void when the link had no room for frames", () => {
    assert.match(verdict({ forward: { sent: 999, missed: 1 } }).voidReason ?? "", /no room for 1 frames/);
  });

  it("is void when the path was not as configured, before or after", () => {
    assert.match(verdict({ after: { rttMillis: 103 } }).voidReason ?? "", /RTT of 103 ms after the run/);
    assert.equal(verdict({ after: { rttMillis: 101.5 } }).voidReason, null);
  });

  it("is void when no ping came back, before or after, and has no round-trip time when none did", () => {
    const { before, after } = run();
    const judged = (first: Partial<Reading>, last: Partial<Reading>) =>
      judge({ ...before, ...first }, { ...after, ...last }, expected);
    const none = { rttMillis: null };
    assert.equal(judged(none, {}).voidReason, "no ping came back before the run");
    assert.equal(judged({}, none).voidReason, "no ping came back after the run");
    const neither = judged(none, none);
    assert.equal(neither.voidReason, "no ping came back before the run; no ping came back after the run");
    assert.equal("rttSeconds" in neither.values, false);
  });

  it("is void when the link was not there, before or after, and its packets are not missed besides", () => {
    const { before, after } = run();
    assert.equal(judge({ ...before, links: {} }, after, expected).voidReason, "wan was not there before the run");
    const { wan: _, ...cpuSeconds } = after.cpuSeconds;
    const { voidReason, values } = judge(before, { ...after, links: {}, cpuSeconds }, expected);
    assert.deepEqual([voidReason, values.linkCpuSeconds], ["wan was not there after the run", 0]);
  });

  it("is void when the packets of a host are not known, either way", () => {
    const { before, after } = run();
    const { server: _, ...without } = before.packets;
    const reason = "the packets of load-a or server are not known; the packets of server or load-a are not known";
    assert.equal(judge({ ...before, packets: without }, after, expected).voidReason, reason);
    assert.equal(judge(before, { ...after, packets: without }, expected).voidReason, reason);
  });

  it("counts on a slow link, where the sending of a ping takes its own time each way", () => {
    // 98 bytes at 784 kbit/s are 1 ms.
    const slow = { ...direction, rateBitsPerSecond: 784_000 };
    const link = { settings: { ...settings, forward: slow, backward: slow } };
    const path = [{ name: "wan", outward: "forward" as const, settingsAfter: null, ...link }];
    const reasonAt = (rttMillis: number) => verdict({ before: link, link, after: { rttMillis } }, { path }).voidReason;
    assert.equal(reasonAt(103.9), null);
    assert.match(
      reasonAt(104.1) ?? "",
      /RTT of 104.1 ms after the run, configured were 100 ms and 2 ms to send a ping/,
    );
  });

  it("counts when its events made a link what it is, and not when it is something else after them", () => {
    const later = { ...settings, forward: { ...direction, delayMillis: 80 } };
    const path = [{ name: "wan", outward: "forward" as const, settings, settingsAfter: later }];
    const after = { rttMillis: 130.3 };
    // A stage that was built anew counts from 0.
    const before = { forward: { ...none, lost: 40 } };
    const link = { settings: later, revision: "b" };
    const { voidReason, values } = verdict({ before, link, after, forward: { lost: 7 } }, { path });
    assert.deepEqual([voidReason, values.lostPackets], [null, 7]);
    assert.match(verdict({ after }, { path }).voidReason ?? "", /wan was set to something else after the run/);
    assert.match(verdict({ link }, { path }).voidReason ?? "", /RTT of 100.4 ms after the run, configured were 130 ms/);
  });

  it("is void when a queue that its events built anew dropped that should not, however much it dropped before", () => {
    const later = { ...settings, forward: { ...direction, rateBitsPerSecond: 1e9 } };
    const path = [{ name: "wan", outward: "forward" as const, settings, settingsAfter: later }];
    const change = {
      before: { forward: { ...none, dropped: 40 } },
      link: { settings: later, revision: "b" },
      forward: { sent: 993, dropped: 7 },
    };
    assert.equal(verdict(change, { path }).voidReason, "the queue of wan.forward dropped 7 packets");
    const { voidReason, values } = verdict(change, { path, mayDrop: ["wan.forward"] });
    assert.deepEqual([voidReason, values.droppedPackets], [null, 7]);
  });

  it("is void when the processor time of its parts is more than the machine has, or less than none", () => {
    assert.match(verdict({ cpu: { other: 22 } }).voidReason ?? "", /processor time .* does not add up/);
    assert.match(verdict({ cpu: { server: 3 } }).voidReason ?? "", /does not add up: 1\.00 \+ -4\.00 \+ 0\.50 s/);
  });

  it("lists every reason", () => {
    const reason = verdict({ forward: { sent: 900, dropped: 10 }, after: { rttMillis: 150 } }).voidReason ?? "";
    assert.equal(reason.split("; ").length, 3);
  });
});
