// The measurements of a run, whose hosts are only answers here.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Bed } from "./bed.ts";
import { measureAll } from "./measure-all.ts";
import { load } from "./measures/load.ts";

const LATE = "an event loop of the generator was busy for more than 90 % of the time";

/** A load of load-a, and others beside it, those of load-b with a result that is its own. */
function measured(maySaturate: readonly string[], failed = 0, beside = ["load-b"]) {
  const of = (name: string, host: string) => ({ name, kind: load, host, words: { target: "server" }, afterMillis: 0 });
  const answer = (invalid: string[]) => {
    const latencies = { total: {}, connect: {}, firstByte: {} };
    const settings = { rate: 100 };
    const counts = { completed: 9, failed, failures: { reset: failed }, cut: 0, completedPerSecond: 9, invalid };
    const generator = { spunSeconds: 0.75 };
    return { result: { settings, latencies, pages: null, seconds: [], generator, ...counts } };
  };
  const bed = { measure: async (host: string) => answer(host === "load-b" ? [LATE] : []) } as unknown as Bed;
  const all = [of("", "load-a"), ...beside.map((host) => of("second", host))];
  return measureAll(bed, all, maySaturate, 1, new AbortController().signal);
}

describe("a result that is its generator's own", () => {
  it("is a fault that names its measurement", async () => {
    for (const maySaturate of [[], ["server", "load-a"]]) {
      const { faults, isGeneratorsOwn } = await measured(maySaturate);
      assert.deepEqual(faults, [`second: the result is the load generator's own: ${LATE}`]);
      assert.equal(isGeneratorsOwn, true);
    }
  });

  it("is none where that generator's saturation is studied, but failed requests are", async () => {
    const studied = await measured(["load-b"]);
    assert.deepEqual([studied.faults, studied.isGeneratorsOwn, studied.values.requests], [[], true, 9]);
    const { faults } = await measured(["load-b"], 2);
    assert.deepEqual(faults, ["2 of 11 requests failed: 2 reset", "second: 2 of 11 requests failed: 2 reset"]);
  });
});

describe("the time in which a generator only waited for its next request", () => {
  it("is the sum of all measurements of a host", async () => {
    const { spunSeconds } = await measured([], 0, ["load-b", "load-a"]);
    assert.deepEqual(spunSeconds, { "load-a": 1.5, "load-b": 0.75 });
  });
});
