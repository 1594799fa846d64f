// The tc commands that give a queue room, and take it back.

import assert from "node:assert/strict";
import { it } from "node:test";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { stagesWith } from "./apply-settings.ts";
import { devicesOf } from "./backend.ts";
import { setRoom, shortQueues } from "./room.ts";

it("room for a short queue leaves its netem the seed, which netem would draw anew", async () => {
  const queue = { kind: "drop-tail", amount: 5, unit: "packets" } as const;
  const settings = {
    forward: { ...UNIMPAIRED, rateBitsPerSecond: 10e6, queue },
    backward: UNIMPAIRED,
    seed: null,
  };
  const given: string[] = [];
  const backend = {
    devices: devicesOf("vec0", "vec1"),
    tc: async (commands: readonly (readonly string[])[]) => {
      given.push(...commands.map((words) => words.join(" ")));
      return [];
    },
  };
  const sides = shortQueues(settings, 83);
  assert.deepEqual(sides, ["forward"]);
  const { forward } = stagesWith(settings, 7);
  for (const packets of [83, null]) await setRoom(backend, settings, stagesWith(settings, 7), sides, packets);
  await setRoom(backend, settings, stagesWith(settings, null), sides, 83);
  const seed = forward.transmission?.report.seed;
  assert.deepEqual(given, [
    `qdisc change dev vec1 root handle 1: netem limit 83 seed ${seed}`,
    `qdisc change dev vec1 root handle 1: netem limit 5 seed ${seed}`,
    "qdisc change dev vec1 root handle 1: netem limit 83",
  ]);
});
