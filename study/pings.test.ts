// How long a run waits for what its traffic left on the path.

import assert from "node:assert/strict";
import { it } from "node:test";
import { UNIMPAIRED } from "../lib/link/direction.ts";
import { pingIdle, pingSettled } from "./pings.ts";

const side = { ...UNIMPAIRED, delayMillis: 100 };
const settings = { forward: side, backward: side, seed: null };
const path = [{ name: "wan", settings, settingsAfter: null, outward: "forward" as const }];

const lossy = { ...side, gilbertElliott: { toBadRatio: 0.001, toGoodRatio: 0.125, badLossRatio: 1, goodLossRatio: 0 } };
const lossyPath = [
  { name: "wan", settings: { ...settings, backward: lossy }, settingsAfter: null, outward: "forward" as const },
];

/** Pings that return one after another; resolves to what was found, and how long each was over. */
async function pinged(by: typeof pingSettled, along: typeof path, ...returns: (number | null)[]) {
  const overs: number[] = [];
  const ping = async (_from: string, _to: string, overMillis: number) => {
    overs.push(overMillis);
    return returns[overs.length - 1] ?? null;
  };
  return { found: await by({ ping }, "client", "server", { path: along }), overs };
}

const settled = (...returns: (number | null)[]) => pinged(pingSettled, path, ...returns);

it("pings after a run go on for a round trip of the path, and again where a queue stood", async () => {
  assert.deepEqual(await settled(200.4), { found: 200.4, overs: [200] });
  assert.deepEqual(await settled(480, 200.4), { found: 200.4, overs: [200, 20] });
  assert.deepEqual(await settled(480, null), { found: 480, overs: [200, 20] });
  assert.deepEqual(await settled(null), { found: null, overs: [200] });
});

it("pings that took longer than the path may are sent again, and the least of all counts", async () => {
  assert.deepEqual(await pinged(pingIdle, path, 205, 200.6), { found: 200.6, overs: [20, 500] });
  assert.deepEqual(await pinged(pingIdle, path, 205, 206), { found: 205, overs: [20, 500] });
  assert.deepEqual(await pinged(pingIdle, path, 205, null), { found: 205, overs: [20, 500] });
  assert.deepEqual(await settled(205, 200.6), { found: 200.6, overs: [200, 500] });
});

it("where packets are lost in a row, pings go on until the row has ended", async () => {
  assert.deepEqual(await pinged(pingSettled, lossyPath, null, 200.4), { found: 200.4, overs: [200, 5000] });
  assert.deepEqual(await pinged(pingIdle, lossyPath, null, null), { found: null, overs: [20, 5000] });
  assert.deepEqual(await pinged(pingIdle, lossyPath, 200.4), { found: 200.4, overs: [20] });
  assert.deepEqual(await pinged(pingIdle, path, null), { found: null, overs: [20] });
});
