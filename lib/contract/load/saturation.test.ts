// The search for saturation over servers that are given by what they complete at a rate.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../errors.ts";
import type { LoadRequest, LoadResult, LoadSettings } from "./load.ts";
import { findSaturation, readSearch, type SaturationStep } from "./saturation.ts";
import { saturationTable } from "./saturation-table.ts";
import { parseSettings } from "./settings.ts";

interface Behaviour {
  capacity: number;
  seed?: number;
  alonePerSecond?: number;
  /** Of one user: what generators that were in time asked for, and what was answered. */
  alone?: { offered: number; completed: number; spanning?: number };
  isLate?: boolean;
  /** From a rate, relative to an unloaded one. */
  medianTimes?: (rate: number) => number;
  busy?: (rate: number) => number;
}

async function search({ capacity, seed = 1, alonePerSecond = 10, alone, isLate = false, ...behaviour }: Behaviour) {
  const { medianTimes = () => 1, busy = () => 0 } = behaviour;
  const requests: LoadRequest[] = [];
  const measure = async (request: LoadRequest) => {
    requests.push(request);
    const { rate = null } = request;
    const perSecond = rate === null ? alonePerSecond : Math.min(rate, capacity);
    return {
      offered: isLate ? 0 : 2 * (rate ?? alonePerSecond),
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
    const endless = await search({ capacity: Number.POSITIVE_INFINITY, alonePerSecond: 1 });
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

  it("ends at the highest rate that a load may have, and where a lower one would make no request", async () => {
    const fastest = await search({ capacity: Number.POSITIVE_INFINITY, alonePerSecond: 1000 });
    assert.match(fastest.ended, /highest rate/);
    assert.ok((fastest.heldPerSecond ?? 0) > 5e5 && fastest.requests.every(({ rate = 1 }) => (rate ?? 1) <= 1e6));
    const stuck = await search({ capacity: 0 });
    assert.match(stuck.ended, /no rate was held, and lower ones are too few requests for 2 s/);
    assert.ok(stuck.steps.every(({ rate }) => 2 * rate >= 1));
    assert.deepEqual([stuck.kneePerSecond, stuck.invalid], [null, []]);
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
    const stuck = await search({ capacity: 100, alone: { offered: 0, completed: 0, spanning: 1 } });
    assert.deepEqual([stuck.ended, stuck.invalid], ["one user alone got no answer within 2 s", []]);
    const silent = await search({ capacity: 100, alone: { offered: 1, completed: 0 } });
    assert.match(silent.ended, /got no answer/);
  });

  it("lets the server end what a rate left behind, and probes the path once", async () => {
    const { requests, steps } = await search({ capacity: 777 });
    const alone = requests.filter(({ requests: count }) => count === 1);
    for (const { seconds, warmupSeconds, cooldownSeconds } of alone)
      assert.deepEqual([seconds, warmupSeconds, cooldownSeconds], [null, 0, 0]);
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

  it("makes only loads that the service accepts, of every word that it may be given", async () => {
    const words = ["connections=9", "backlog=5", "pipeline=8", "reuse=10", "warmup=1s", "cooldown=1s", "retry=yes"];
    const others = ["arrivals=poisson", "thinking=fixed", "threads=3", "leaving=server", "linger=1s", "seconds=2"];
    const request = readSearch(["find=saturation", "target=a:1", ...words, ...others]) as LoadRequest;
    parseSettings(request); // at once, before the first load
    const { heldPerSecond, loads } = await searchPipe({ capacity: 300, latencySeconds: 0.01 }, request);
    assert.ok((heldPerSecond ?? 0) > 250, `${heldPerSecond}`);
    assert.ok(
      loads.every(({ rate, pipeline }) => pipeline === (rate === null ? 1 : 8)),
      "one user alone has no queue",
    );
    assert.ok(loads.some(({ requests }) => requests === 1));
    assert.throws(() => parseSettings(readSearch(["find=saturation", "threads=3", "connections=2"]) ?? {}), {
      code: "E_BAD_LOAD",
    });
    const longest = readSearch(["find=saturation", "seconds=86400"]) as LoadRequest;
    await searchPipe({ capacity: 0.001, latencySeconds: 1000 }, longest);
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

describe("the search for saturation of a server behind a long path", () => {
  it("finds the capacity, however long the path is, or says that it cannot", async () => {
    const warmups = { 0.0001: "0.5", 0.05: "0.5", 0.3: "0.601", 0.65: "1.3" };
    for (const [text, warmup] of Object.entries(warmups)) {
      const latencySeconds = Number(text);
      const { heldPerSecond, tooHighPerSecond, invalid, criterion } = await searchPipe({
        capacity: 2000,
        latencySeconds,
      });
      assert.ok((heldPerSecond ?? 0) > 1800 && (tooHighPerSecond ?? 0) < 2400, `${latencySeconds}: ${heldPerSecond}`);
      assert.deepEqual(invalid, []);
      assert.ok(criterion.startsWith(`after a warm-up of ${warmup} s, `), criterion);
    }
    for (const latencySeconds of [0.8, 1, 1.5, 1.99]) {
      const { kneePerSecond, steps, invalid, ended } = await searchPipe({ capacity: 2000, latencySeconds });
      assert.deepEqual([kneePerSecond, steps, invalid], [null, [], [ended]]);
      assert.match(ended, /median .* more than a third of the 2 s/);
    }
    const { kneePerSecond, ended } = await searchPipe({ capacity: 2000, latencySeconds: 2.5 });
    assert.deepEqual([kneePerSecond, ended], [null, "one user alone got no answer within 2 s"]);
  });

  it("keeps the warm-up that it is given, and refuses one that the median exceeds", async () => {
    const given = { target: "a:1", seconds: 2, warmupSeconds: 0.2 };
    const short = await searchPipe({ capacity: 2000, latencySeconds: 0.3 }, given);
    assert.deepEqual([short.kneePerSecond, short.steps, short.invalid], [null, [], [short.ended]]);
    assert.match(short.ended, /median .* of one user alone, 0\.3\d* s, is more than the warm-up of 0\.2 s/);
    const long = await searchPipe({ capacity: 2000, latencySeconds: 0.19 }, given);
    assert.ok((long.heldPerSecond ?? 0) > 1800 && (long.tooHighPerSecond ?? 0) < 2400, `${long.heldPerSecond}`);
    assert.ok(long.loads.every(({ warmupSeconds, rate }) => rate === null || warmupSeconds === 0.2));
  });
});

/** Searches at a server that serves one after another and whose answers take a while to come. */
async function searchPipe(
  { capacity, latencySeconds }: { capacity: number; latencySeconds: number },
  request: LoadRequest = { target: "a:1", seconds: 2 },
) {
  const loads: LoadSettings[] = [];
  const measure = async (load: LoadRequest) => {
    const settings = parseSettings(load);
    loads.push(settings);
    return throughPipe(settings, 1 / capacity, latencySeconds);
  };
  return { ...(await findSaturation(request, measure, () => {})), loads };
}

function throughPipe(settings: LoadSettings, serviceSeconds: number, latencySeconds: number): LoadResult {
  const { rate, warmupSeconds, cooldownSeconds } = settings;
  const windowSeconds = settings.seconds ?? 0;
  const endSeconds = warmupSeconds + windowSeconds;
  const isInWindow = (at: number) => at >= warmupSeconds && at < endSeconds;
  const counts = { offered: 0, completed: 0, spanning: 0, inside: 0 };
  const latencies: number[] = [];
  let free = 0;
  for (let at = 0, next = 0, made = 1; at < endSeconds + cooldownSeconds; at = next, made++) {
    free = Math.max(free, at) + serviceSeconds;
    const answered = free + latencySeconds;
    next = rate === null ? answered : made / rate;
    const isOver = answered < endSeconds + cooldownSeconds;
    counts.inside += isInWindow(answered) ? 1 : 0;
    counts.spanning += at < warmupSeconds && answered >= endSeconds ? 1 : 0;
    if (!isInWindow(at)) continue;
    counts.offered += 1;
    counts.completed += isOver ? 1 : 0;
    latencies.push(Math.min(answered, endSeconds + cooldownSeconds) - at);
  }
  const sorted = latencies.toSorted((one, other) => one - other);
  const middle = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
  const total = { p50Micros: 1e6 * middle, p99Micros: null, maxMicros: 1e6 * (sorted.at(-1) ?? 0) };
  return {
    ...counts,
    windowSeconds,
    completedPerSecond: counts.inside / windowSeconds,
    goodputBitsPerSecond: 0,
    latencies: { total },
    roundTrips: null,
    generator: { eventLoopUtilisation: 0 },
    invalid: [],
  } as unknown as LoadResult;
}
