// Timelines that are refused before any link begins to play.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { timelineProblems } from "./play.ts";

const queue = { kind: "drop-tail", amount: 100, unit: "packets" } as const;
const direction = { ...UNIMPAIRED, delayMillis: 2000, rateBitsPerSecond: 10e6, queue };
const settings = { forward: direction, backward: direction, seed: null };

describe("timelines of several links", () => {
  it("are refused where a step asks a guest to hold more than it has memory for", () => {
    const change = { forward: { rateBitsPerSecond: 200e6 } };
    const timelines = ["near", "far"].map((link) => ({ link, steps: [{ atMillis: 1000, change }] }));
    const paths = (backend: "uml" | "kernel") =>
      timelineProblems(timelines, [
        { settings, backend: "kernel" },
        { settings, backend },
      ]).map(({ path, code }) => `${path} ${code}`);
    assert.deepEqual(paths("uml"), ["events at 1000ms of far E_OUT_OF_RANGE"]);
    assert.deepEqual(paths("kernel"), []);
  });

  it("are refused where a trace has more steps than a link plays", () => {
    const steps = Array.from({ length: 10_001 }, (_, at) => ({
      atMillis: 50 * at,
      change: { forward: { rateBitsPerSecond: 1e6 + at } },
    }));
    const problems = timelineProblems([{ link: "near", steps }], [{ settings, backend: "uml" }]);
    assert.deepEqual(
      problems.map(({ path, code }) => `${path} ${code}`),
      ["events of near E_OUT_OF_RANGE"],
    );
  });
});
