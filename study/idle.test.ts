// Waiting for an idle machine, in virtual time.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { awaitIdle, idleFault, type MachineSight } from "./idle.ts";

/** A machine of two processors that is as busy as the shares say, one of 100 ms after another. */
function machineOf(busyShares: readonly number[]) {
  let [atMillis, busySeconds] = [5000, 70];
  const look = async (): Promise<MachineSight> => ({ atMillis, machine: { cores: 2, busySeconds, softirqSeconds: 0 } });
  const pause = async (millis: number) => {
    const share = busyShares[(atMillis - 5000) / 100] ?? busyShares.at(-1) ?? 0;
    atMillis += millis;
    busySeconds += (2 * share * millis) / 1000;
  };
  return { look, pause, passedMillis: () => atMillis - 5000 };
}

async function waitFor(busyShares: readonly number[]) {
  const { look, pause, passedMillis } = machineOf(busyShares);
  const idleness = await awaitIdle(look, pause);
  return { ...idleness, fault: idleFault(idleness), passedMillis: passedMillis() };
}

describe("before a run", () => {
  it("an idle machine is seen at once", async () => {
    const { fault, waitedSeconds, passedMillis } = await waitFor([0.05]);
    assert.deepEqual([fault, waitedSeconds, passedMillis], [null, 0, 100]);
  });

  it("a machine that becomes idle is waited for, and the run counts", async () => {
    const { fault, waitedSeconds, passedMillis } = await waitFor([1, 1, 0.8, 0.5, 0.1]);
    assert.deepEqual([fault, waitedSeconds, passedMillis], [null, 0.4, 500]);
  });

  it("one busy processor of two is too much: after three seconds the run does not count, with the reason", async () => {
    const { fault, passedMillis } = await waitFor([0.5]);
    assert.equal(fault, "only 50 % of the machine was idle before the run, and 70 % are needed");
    assert.equal(passedMillis, 3000);
  });

  it("never takes more than its longest wait, and a run counts only if the last sample was idle", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), async (shares) => {
        const { fault, idleShare, passedMillis } = await waitFor(shares);
        assert.ok(passedMillis <= 3000);
        assert.equal(fault === null, idleShare >= 0.7);
      }),
    );
  });

  it("a counter that runs ahead of the clock does not make less than nothing idle", async () => {
    const { idleShare } = await waitFor([1.1]);
    assert.equal(idleShare, 0);
  });
});
