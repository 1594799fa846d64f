import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LoadProgress } from "./load.ts";
import { progressLine } from "./progress-line.ts";

const SECOND: LoadProgress = {
  elapsedSeconds: 6.02,
  offered: 60,
  started: 52,
  completed: 50,
  completedMicros: 120_000,
  failed: 1,
  dropped: 0,
  bodyBytes: 1_250_000,
  inFlight: 8,
};

describe("the line of a load that goes on", () => {
  it("has a bar of all of its seconds, and the rate and the mean latency of the last one", () => {
    assert.equal(
      progressLine({ seconds: 10, warmupSeconds: 1, cooldownSeconds: 1 }, SECOND),
      "[#####.....] 6 of 12 s: 50/s, mean 2.40 ms, 1 failed, 8 in flight",
    );
  });

  it("fits a terminal of 80 columns, and is full while requests are waited for at the end", () => {
    const busy = { ...SECOND, elapsedSeconds: 12.9, completed: 12_345, completedMicros: 12_345 * 2400, inFlight: 1000 };
    const line = progressLine({ seconds: 10 }, busy);
    assert.match(line, /^\[#{10}\] 13 of 10 s: 12345\/s, mean 2\.40 ms, /);
    assert.ok(line.length < 80, line);
  });

  it("has no bar where a number of requests bounds the load, and no mean where none was completed", () => {
    assert.equal(
      progressLine({ seconds: null }, { ...SECOND, completed: 0, completedMicros: 0 }),
      "6 s: 0/s, mean -, 1 failed, 8 in flight",
    );
  });
});
