// How long a run waits for what its traffic left on the path.

import assert from "node:assert/strict";
import { it } from "node:test";
import { UNIMPAIRED } from "../lib/link/direction.ts";
import { pingSettled } from "./pings.ts";

const side = { ...UNIMPAIRED, delayMillis: 100 };
const settings = { forward: side, backward: side, seed: null };
const path = [{ name: "wan", settings, settingsAfter: null, outward: "forward" as const }];

/** Pings that return one after another; resolves to what was found, and how long each was over. */
async function settled(...returns: (number | null)[]) {
  const overs: number[] = [];
  const ping = async (_from: string, _to: string, overMillis: number) => {
    overs.push(overMillis);
    return returns[overs.length - 1] ?? null;
  };
  return { found: await pingSettled({ ping }, "client", "server", { path }), overs };
}

it("pings after a run go on for a round trip of the path, and again where a queue stood", async () => {
  assert.deepEqual(await settled(200.4), { found: 200.4, overs: [200] });
  assert.deepEqual(await settled(480, 200.4), { found: 200.4, overs: [200, 20] });
  assert.deepEqual(await settled(480, null), { found: 480, overs: [200, 20] });
  assert.deepEqual(await settled(null), { found: null, overs: [200] });
});
