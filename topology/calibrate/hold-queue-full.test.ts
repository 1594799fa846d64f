import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { holdQueueFull } from "./hold-queue-full.ts";
import type { BurstPlan } from "./measurements/burst.ts";
import type { LinkUnderTest, Tools } from "./under-test.ts";

it("a stream that fails during a reading is a failure of the measurement, and no crash", async () => {
  const ends = ["one", "other"].map((container, at) => ({ container, address: `10.0.0.${at + 1}` }));
  const none = { dropped: 0, queued: { packets: 0 } };
  const failed = Promise.withResolvers<string>();
  let readings = 0;
  const tools = {
    share: (_: number, work: () => Promise<unknown>) => work(),
    run: () => failed.promise,
    async undelivered() {
      if (readings++ > 0) failed.reject(new Error("the probe is gone"));
      await delay(1); // the stream's failure comes before the reading
      return { forward: none, backward: none };
    },
  } as unknown as Tools;
  const direction = { ...UNIMPAIRED, rateBitsPerSecond: 1e6 };
  const held = holdQueueFull({ ends } as unknown as LinkUnderTest, tools, { from: 0, direction }, {
    frameBytes: 1000,
  } as BurstPlan);
  await assert.rejects(held, /the probe is gone/);
});
