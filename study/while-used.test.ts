// Memory that is held for a moment in mid-run, which a reading at the end would not see.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { UseSight } from "./snapshot.ts";
import { whileUsed } from "./while-used.ts";

const sight = (atMillis: number, memoryBytes: Record<string, number>): UseSight => ({
  atMillis,
  machine: { cores: 2, busySeconds: 0, softirqSeconds: 0 },
  cpuSeconds: {},
  memoryBytes,
  carriedBytes: {},
});

it("the most memory of a run counts, of each container apart, and the rest is of its end", async () => {
  const sights = [
    sight(0, { server: 5, client: 1 }),
    sight(1000, { server: 9, client: 1 }),
    sight(2000, { server: 4, client: 3, gone: 7 }),
    sight(2400, { server: 6, client: 2 }),
  ];
  const lookAtUse = async () => sights.shift() as UseSight;
  const measured = Promise.withResolvers<string>();
  let pauses = 0;
  const pause = async (_: number, signal: AbortSignal) => {
    pauses += 1;
    if (pauses === 3) measured.resolve("done");
    if (pauses === 3) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const { happened, from, to } = await whileUsed({ lookAtUse }, () => measured.promise, pause);
  assert.deepEqual([happened, from.atMillis, to.atMillis], ["done", 0, 2400]);
  assert.deepEqual(to.memoryBytes, { server: 9, client: 3 });
});

it("a measurement that fails ends the watching, and fails as it did", async () => {
  const lookAtUse = async () => sight(0, {});
  await assert.rejects(
    whileUsed({ lookAtUse }, () => Promise.reject(new Error("refused"))),
    /^Error: refused$/,
  );
});
