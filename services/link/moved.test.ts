import assert from "node:assert/strict";
import { it } from "node:test";
import type { LinkCounters } from "../../lib/contract/link.ts";
import { interfaceCounts, whenMoved } from "./moved.ts";

function counters(received: number, queued: number): LinkCounters {
  const none = { packets: 0, bytes: 0 };
  const still = {
    received: none,
    sent: none,
    missed: 0,
    lost: 0,
    dropped: 0,
    marked: 0,
    propagating: none,
    queued: none,
  };
  return {
    forward: { ...still, received: { packets: received, bytes: 0 }, queued: { packets: queued, bytes: 0 } },
    backward: still,
  };
}

it("counters are read again when something moved, or was under way, and not otherwise", async () => {
  const [readings, fingerprint] = [
    [counters(1, 0), counters(2, 1), counters(3, 0)],
    ["a", "a", "b", "b", "b"],
  ];
  const read = whenMoved(
    async () => readings.shift() as LinkCounters,
    () => fingerprint.shift() as string,
  );
  const received = [];
  for (let times = 0; times < 5; times++) received.push((await read()).forward.received.packets);
  assert.deepEqual(received, [1, 1, 2, 3, 3]);
});

it("fingerprint are of the interfaces that are named, and of no other", () => {
  assert.match(interfaceCounts(["lo"]), /^\s*lo:\s+\d+/);
  assert.equal(interfaceCounts(["l", "there-is-none"]), "");
});
