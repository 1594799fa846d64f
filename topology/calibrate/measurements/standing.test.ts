// The verdict on an AQM by made-up echoes beside flows.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNIMPAIRED } from "../../../lib/link/direction.ts";
import { standingOf } from "../../../lib/link/queues/table.ts";
import { type BesideFlows, checkStanding, type Limited, longestWaitMillis, unfillable } from "./standing.ts";

const CODEL = { kind: "codel", ecn: false } as const;
const LIMITED: Limited = { ...UNIMPAIRED, delayMillis: 20, rateBitsPerSecond: 10e6, queue: CODEL };
const SETTINGS = { forward: LIMITED, backward: LIMITED, seed: null };
const IDLE = { millis: 20.2, spreadMillis: 0.1, decilesMillis: 0.3, samples: 30, times: [] };
const STANDING = { targetMillis: 5, isFair: false };

/** Echoes from so much later than on the idle link to twice that. */
function beside(waitMillis: number, other: Partial<BesideFlows> = {}) {
  const times = Array.from({ length: 100 }, (_, at) => IDLE.millis + waitMillis * (1 + at / 100));
  const sample = { times, filledBitsPerSecond: 9.4e6, removed: 30, ...other };
  return checkStanding(LIMITED, STANDING, IDLE, sample);
}

describe("a queue that an AQM keeps short", () => {
  it("is within up to its target, the swing of the windows above it, two frames and the bucket", () => {
    // One and a half times 5, two frames of 1.2 ms, a bucket of 4 ms, half a millisecond of the
    // machine.
    const longest = longestWaitMillis(STANDING, 10e6);
    assert.ok(Math.abs(longest - (7.5 + 2 * 1.2112 + 4 + 0.5)) < 0.01, `${longest}`);
    assert.equal(beside(6).verdict, "within");
    assert.equal(beside(0.9 * longest).verdict, "within");
    assert.equal(beside(1.1 * longest).verdict, "outside");
    // Tails that drop at 4 BDP, and at one, of which CUBIC's flows leave two fifths full.
    for (const waitMillis of [80, 16]) assert.equal(beside(waitMillis).verdict, "outside");
  });

  it("lets a flow that sends little wait for none of the others where it is fair", () => {
    const fair = longestWaitMillis({ targetMillis: 5, isFair: true }, 10e6);
    assert.ok(fair < 7 && fair > 6, `${fair}`);
  });

  it("is unjudged where flows did not fill it, it dropped nothing, or few echoes came", () => {
    for (const other of [
      { filledBitsPerSecond: 5e6 },
      { filledBitsPerSecond: null },
      { removed: 0 },
      { times: [21, 22] },
    ])
      assert.equal(beside(6, other).verdict, "unjudged", JSON.stringify(other));
    assert.equal(beside(80, { removed: 0 }).verdict, "outside");
  });

  it("is not filled by TCP where packets are lost, late or wait for a slot", () => {
    assert.equal(unfillable(SETTINGS), null);
    const slots = { minMillis: 5, maxMillis: 5, packets: null };
    for (const other of [
      { lossRatio: 0.01 },
      { corruptionRatio: 0.01 },
      { jitterMillis: 2 },
      { reorderingRatio: 0.1 },
      { duplicationRatio: 0.1 },
      { slots },
    ])
      assert.notEqual(unfillable({ ...SETTINGS, backward: { ...LIMITED, ...other } }), null, JSON.stringify(other));
  });

  it("has the target of its kind; fq, which is no AQM, and a tail that drops have none", () => {
    const targetOf = (kind: "codel" | "fq_codel" | "pie" | "red") =>
      standingOf({ kind, ecn: false }, 10e6)?.targetMillis;
    assert.deepEqual([targetOf("codel"), targetOf("fq_codel"), targetOf("pie")], [5, 5, 15]);
    // Three times five frames.
    assert.ok(Math.abs((targetOf("red") ?? 0) - 15 * 1.2112) < 0.01);
    assert.deepEqual(standingOf({ kind: "cake" }, 10e6), { targetMillis: 5, isFair: true });
    assert.equal(standingOf({ kind: "fq" }, 10e6), null);
    assert.equal(standingOf({ kind: "drop-tail", amount: 1, unit: "bdp" }, 10e6), null);
  });
});
