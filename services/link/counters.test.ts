// On output of a guest of 6.12 with iproute2 6.15 (recorded/): 4,000 full frames were sent forward
// at 24 Mbit/s into 12.346 ms, 1.5 % loss, 2 Mbit/s and a queue of 40 packets.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { devicesOf } from "./backend.ts";
import { countersOf } from "./counters.ts";
import { parseSocketDrops } from "./socket-drops.ts";
import { parseQdiscs } from "./tc-report.ts";

const recorded = (name: string) => readFileSync(`${import.meta.dirname}/recorded/${name}`, "utf8");
const guest = { devices: devicesOf("vec0", "vec1"), uncountedBytes: 14 };

describe("counters of a link", () => {
  const missed = { forward: 3, backward: 0 };
  const { forward, backward } = countersOf(
    guest,
    parseQdiscs(recorded("qdiscs.json")),
    recorded("net-dev.txt"),
    missed,
  );

  it("distinguish loss at random from drops at the queue", () => {
    assert.deepEqual([forward.lost, forward.dropped, forward.missed], [69, 3424, 3]);
    assert.deepEqual([backward.lost, backward.dropped, backward.missed], [0, 0, 0]);
  });

  it("count what came in at the ingress and went out at the egress", () => {
    assert.deepEqual(forward.received, { packets: 4003, bytes: 6000112 + 4003 * 14 });
    assert.deepEqual(forward.sent, { packets: 509, bytes: 767682 });
    assert.deepEqual(backward.sent, { packets: 11, bytes: 5394 });
  });

  it("add up, but for neighbour discovery", () => {
    const arp = 5;
    const { received, sent, lost, dropped } = forward;
    assert.ok(Math.abs(received.packets - lost - dropped - sent.packets) <= arp);
  });

  it("are zero for a link that has no qdisc of ours", () => {
    const bare = countersOf(guest, [], recorded("net-dev.txt"), missed);
    assert.deepEqual([bare.forward.lost, bare.forward.dropped, bare.forward.queued.packets], [0, 0, 0]);
    assert.equal(bare.forward.received.packets, 4003);
  });
});

describe("marks of an AQM", () => {
  const marksOf = (qdisc: object) => {
    const below = {
      dev: "vec1",
      parent: "1:1",
      handle: "2:",
      bytes: 0,
      packets: 0,
      drops: 0,
      backlog: 0,
      qlen: 0,
      ...qdisc,
    };
    const [qdiscs, missed] = [JSON.stringify([below]), { forward: 0, backward: 0 }] as const;
    const { forward, backward } = countersOf(guest, parseQdiscs(qdiscs), recorded("net-dev.txt"), missed);
    return [forward.marked, backward.marked];
  };

  it("are read by the name that each kind of queue has for them, on the device that sends", () => {
    assert.deepEqual(marksOf({ kind: "codel", ecn_mark: 7 }), [7, 0]);
    assert.deepEqual(marksOf({ kind: "red", marked: 8 }), [8, 0]);
    assert.deepEqual(marksOf({ kind: "fq", ce_mark: 9 }), [9, 0]);
    assert.deepEqual(marksOf({ kind: "cake", tins: [{ ecn_mark: 1 }, { ecn_mark: 2 }] }), [3, 0]);
    assert.deepEqual(marksOf({ kind: "netem" }), [0, 0]);
  });
});

describe("drops of the guest's packet sockets", () => {
  it("are read by interface, without those of other programs' sockets", () => {
    assert.deepEqual(parseSocketDrops(recorded("sockets.txt"), "eth0", "eth1"), { forward: 1718, backward: 0 });
    assert.deepEqual(parseSocketDrops(recorded("sockets.txt"), "eth1", "eth0"), { forward: 0, backward: 1718 });
  });

  it("are zero before there is a socket", () => {
    assert.deepEqual(parseSocketDrops("", "eth0", "eth1"), { forward: 0, backward: 0 });
  });
});
