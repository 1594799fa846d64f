// The search for saturation over servers that are given by what they complete at a rate.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../errors.ts";
import type { LoadRequest, LoadResult } from "./load.ts";
import { findSaturation, readSearch, type SaturationStep } from "./saturation.ts";
import { saturationTable } from "./saturation-table.ts";

interface Behaviour {
  capacity: number;
  seed?: number;
  /** Of one user: what generators that were in time asked for, and what was answered. */
  alone?: { offered: number; completed: number };
  isLate?: boolean;
  /** From a rate, relative to an unloaded one. */
  medianTimes?: (rate: number) => number;
  busy?: (rate: number) => number;
}

async function search({ capacity, seed = 1, alone, isLate = false, ...behaviour }: Behaviour) {
  const { medianTimes = () => 1, busy = () => 0 } = behaviour;
  const requests: LoadRequest[] = [];
  const measure = async (request: LoadRequest) => {
    requests.push(request);
    const { rate = null } = request;
    const perSecond = rate === null ? 10 : Math.min(rate, capacity);
    return {
      offered: isLate ? 0 : 2 * (rate ?? 10),
      completed: 2 * perSecond,
      windowSeconds: 2,
      completedPerSecond: perSecond,
      goodputBitsPerSecond: 8 * perSecond,
      latencies: { total: { p50Micros: rate === null ? 100 : 100 * medianTimes(rate), p99Micros: 900 } },
      roundTrips: { rttMillis: 7 },
      generator: { eventLoopUtilisation: busy(rate ?? 0) },
      invalid: [],
      ...(rate === null ? alone : {}),
    } as unknown as LoadResult;
  };
  const seen: SaturationStep[] = [];
  const saturation = await findSaturation({ target: "a:1", seconds: 2, seed }, measure, (step) => seen.push(step));
  assert.deepEqual(seen, saturation.steps);
  return { ...saturation, requests };
}

describe("the search for saturation", () => {
  it("encloses the rate from which on fewer are completed, within a tenth and in few steps", async () => {
    for (const capacity of [3, 10, 11, 777, 20_000]) {
      const { heldPerSecond, tooHighPerSecond, steps, ended } = await search({ capacity });
      // A shortfall of a twentieth, and of one request in two seconds, is allowed.
      const most = capacity / 0.95 + 0.55;
      assert.ok((heldPerSecond ?? 0) <= most && (tooHighPerSecond ?? 0) >= capacity, `${capacity}: ${heldPerSecond}`);
      assert.ok((heldPerSecond ?? 0) >= (tooHighPerSecond ?? 0) / 1.101, `${capacity}: ${heldPerSecond}`);
      assert.ok(steps.length <= 18, `${capacity}: ${steps.length}`);
      assert.match(ended, /knee/);
    }
  });

  it("takes a latency that has grown tenfold as the knee too, as a queue shows it before it is full", async () => {
    // M/M/1: the time in the system is that of an unloaded server divided by 1 - rho, so it is
    // tenfold at 0.9.
    const medianTimes = (rate: number) => 1 / Math.max(0, 1 - rate / 1000);
    const { heldPerSecond, steps } = await search({ capacity: 1000, medianTimes });
    assert.ok((heldPerSecond ?? 0) > 810 && (heldPerSecond ?? 0) <= 900, `${heldPerSecond}`);
    assert.ok(steps.some(({ reason }) => /median/.test(reason ?? "")));
  });

  it("ends after 20 steps, where no rate is too high, and where the generator is at its end", async () => {
    const endless = await search({ capacity: Number.POSITIVE_INFINITY });
    assert.deepEqual([endless.steps.length, endless.tooHighPerSecond, endless.ended], [20, null, "after 20 steps"]);
    const busy = await search({ capacity: 1e9, busy: (rate) => rate / 50_000 });
    assert.match(busy.ended, /generator/);
    assert.equal(busy.steps.filter(({ rate }) => rate > 45_000).length, 1);
    assert.match(saturationTable(busy), /^too high +no rate$/m);
    assert.deepEqual([busy.kneePerSecond, busy.invalid], [null, [busy.ended]]);
    const found = await search({ capacity: 777 });
    assert.deepEqual(found.invalid, []);
    assert.match(saturationTable(found), /^knee +about 8\d\d\/s$/m);
  });

  it("takes no rate as held that generators were too late to offer", async () => {
    const { heldPerSecond, tooHighPerSecond, ended, steps } = await search({ capacity: 100, isLate: true });
    assert.deepEqual([heldPerSecond, tooHighPerSecond, steps.length], [null, null, 1]);
    assert.match(ended, /late/);
  });

  it("lays what one user did not ask for at the generators' door, and what was not answered at the server's", async () => {
    const late = await search({ capacity: 100, alone: { offered: 0, completed: 0 } });
    assert.deepEqual([late.heldPerSecond, late.steps.length], [null, 0]);
    assert.match(late.ended, /generators were so late/);
    const silent = await search({ capacity: 100, alone: { offered: 1, completed: 0 } });
    assert.match(silent.ended, /got no answer/);
  });

  it("lets the server end what a rate left behind, and probes the path once", async () => {
    const { requests, steps } = await search({ capacity: 777 });
    const alone = requests.filter(({ requests: count }) => count === 1);
    assert.equal(alone.length, steps.filter(({ reason }) => reason !== null).length);
    assert.ok(requests.slice(1).every(({ rttMillis }) => rttMillis === 7));
  });

  it("begins where its seed says, between a half of the one user's rate and all of it", async () => {
    const firsts = await Promise.all(
      Array.from({ length: 40 }, async (_, seed) => (await search({ capacity: 777, seed })).steps[0]?.rate ?? 0),
    );
    assert.ok(firsts.every((rate) => rate >= 5 && rate <= 10));
    assert.ok(Math.min(...firsts) < 5.5 && Math.max(...firsts) > 9, `${firsts}`);
    assert.equal((await search({ capacity: 777, seed: 3 })).steps[0]?.rate, firsts[3]);
  });

  it("is asked for by words, and chooses users and rate itself", () => {
    assert.equal(readSearch(["rate=5"]), null);
    assert.equal(readSearch(["find=saturation"])?.seconds, 2);
    assert.equal(readSearch(["find=saturation", "-d", "5s", "target=a:1"])?.seconds, 5);
    assert.throws(() => readSearch(["find=saturation", "rate=5", "-c", "3"]), { code: "E_USAGE" });
    assert.throws(
      () => readSearch(["find=peace", "-c", "3", "colour=red"]),
      ({ code, problems }: RttlabError) => {
        assert.deepEqual([code, problems.map(({ path }) => path)], ["E_USAGE", ["find", "users", "colour"]]);
        return true;
      },
    );
  });
});
