// The search for saturation as a study measures it: its words, its quantities, whose knee it has
// found, and how far the intervals of searches can be trusted.

import assert from "node:assert/strict";
import { it } from "node:test";
import { ratioInterval, ratioOfMeans } from "../../analysis/stats/ratio.ts";
import { mean } from "../../analysis/stats/summary.ts";
import type { LoadRequest, LoadResult } from "../../lib/contract/load/load.ts";
import { randomSequence } from "../../lib/random.ts";
import { saturation } from "./saturation.ts";

const WORDS = { seconds: "1", target: "server:80" };
const paths = (problems: readonly { path: string }[]) => problems.map(({ path }) => path);

it("a search for saturation takes every word that it offers", () => {
  const samples: Record<string, string> = {
    target: "server:80",
    protocol: "http",
    path: "/{1..3}",
    popularity: "zipf:1",
    size: "10KiB",
    http: "1.1",
    method: "GET",
    connection: "close",
    arrivals: "poisson",
    connections: "8",
    backlog: "10",
    pipeline: "2",
    reuse: "10",
    seconds: "2",
    warmup: "1s",
    cooldown: "1s",
    thinking: "fixed",
    timeout: "1s",
    leaving: "server",
    linger: "1s",
    retry: "yes",
    expect: "10",
    threads: "1",
  };
  assert.deepEqual(Object.keys(saturation.words).sort(), Object.keys(samples).sort());
  for (const [word, text] of Object.entries(samples)) {
    const { path = "" } = samples;
    assert.deepEqual(saturation.problems({ [word]: text, ...(word === "popularity" ? { path } : {}) }), [], word);
  }
});

it("a search for saturation is a measurement of its own, of all loads together", async () => {
  assert.deepEqual(saturation.problems({ seconds: "1", arrivals: "poisson" }), []);
  assert.deepEqual(paths(saturation.problems({ rate: "10" })), ["rate"]);
  assert.deepEqual(paths(saturation.problems({ seconds: "0" })), ["seconds"]);
  assert.deepEqual(paths(saturation.problems({ speed: "2" })), ["speed"]);
  const asked: LoadRequest[] = [];
  const result = await searched(7, (request) => {
    asked.push(request);
    return answerOf(request, { onePerSecond: 100, kneePerSecond: 800 });
  });
  assert.ok(asked.every(({ seed }) => seed === 7));
  assert.equal(asked[0]?.rate, undefined);
  assert.deepEqual([saturation.fault(result), saturation.ownFault?.(result)], [null, null]);
  const { heldPerSecond = 0, tooHighPerSecond = 0, kneePerSecond, unloadedSeconds } = saturation.values(result);
  assert.ok(heldPerSecond < 844 && tooHighPerSecond > 840 && tooHighPerSecond < 1.1 * heldPerSecond);
  assert.equal(kneePerSecond, Math.sqrt(heldPerSecond * tooHighPerSecond));
  assert.equal(unloadedSeconds, 0.01);
});

it("a knee at which the generator was at its end, late or without ports is not the server's", async () => {
  const faults = [
    { busy: 0.95, invalid: [], reason: /generator is at its end/ },
    { busy: 0.7, invalid: ["a hundredth of the requests began late"], reason: /began late/ },
    { busy: 0.5, invalid: ["the generator's machine ran out of ports"], reason: /out of ports/ },
  ];
  for (const { busy, invalid, reason } of faults) {
    const result = await searched(1, (request) => {
      const answer = answerOf(request, { onePerSecond: 4000, kneePerSecond: 10_000 });
      if ((request.rate ?? 0) <= 10_000) return answer;
      return { ...answer, invalid, generator: { eventLoopUtilisation: busy } as LoadResult["generator"] };
    });
    assert.equal(saturation.fault(result), null);
    assert.match(saturation.ownFault?.(result) ?? "", reason);
  }
});

it("a generator that is late far above the knee, or at a rate that is held, does not make it its own", async () => {
  const late = (isLate: (rate: number) => boolean) =>
    searched(1, (request) => ({
      ...answerOf(request, { onePerSecond: 4000, kneePerSecond: 10_000 }),
      invalid: isLate(request.rate ?? 0) ? ["late"] : [],
    }));
  assert.equal(saturation.ownFault?.(await late((rate) => rate > 11_700)), null);
  assert.equal(saturation.ownFault?.(await late((rate) => rate < 9000)), null);
});

it("two servers of one knee differ by chance alone, whatever one user gets from each", async () => {
  // The knee differs by 1 % from run to run. Of 200 intervals of 95 % ten miss, give or take 3.1.
  const [studies, runs, kneePerSecond] = [200, 6, 10_000];
  const random = randomSequence(20_261_130);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const ofServer = async () => {
    const onePerSecond = 500 + 1000 * random();
    const values: Record<string, number>[] = [];
    for (let run = 0; run < runs; run++) {
      const knee = kneePerSecond * (1 + 0.01 * normal());
      const seed = Math.floor(2 ** 32 * random());
      values.push(
        saturation.values(await searched(seed, (request) => answerOf(request, { onePerSecond, kneePerSecond: knee }))),
      );
    }
    return values;
  };
  const knees: number[] = [];
  const missed = { heldPerSecond: 0, kneePerSecond: 0 };
  for (let study = 0; study < studies; study++) {
    const [one, other] = [await ofServer(), await ofServer()];
    knees.push(...one.map((values) => values.kneePerSecond ?? 0));
    for (const name of ["heldPerSecond", "kneePerSecond"] as const) {
      const of = (all: typeof one) => all.map((values) => values[name] ?? 0);
      const { lower, upper } = ratioInterval(ratioOfMeans(of(one), of(other)));
      if ((lower ?? 0) > 1 || (upper ?? 0) < 1) missed[name] += 1;
    }
  }
  assert.ok(missed.heldPerSecond <= 0.07 * studies, `${missed.heldPerSecond} of ${studies}`);
  assert.ok(missed.kneePerSecond <= 0.07 * studies, `${missed.kneePerSecond} of ${studies}`);
  // A shortfall of a twentieth is allowed. The mean of 1200 that spread by 3 % is known to 0.1 %,
  // and three digits round by as much.
  const expected = kneePerSecond / 0.95;
  assert.ok(Math.abs(mean(knees) / expected - 1) < 0.003, `${mean(knees)}`);
});

function searched(seed: number, answer: (request: LoadRequest) => Partial<LoadResult>) {
  const ask = async (request: unknown) => answer(request as LoadRequest) as never;
  return saturation.perform?.(saturation.request(WORDS, seed), ask, WORDS) as Promise<never>;
}

/** Of a server that completes no more than its knee in a second. */
function answerOf(
  { rate = null }: LoadRequest,
  { onePerSecond, kneePerSecond }: { onePerSecond: number; kneePerSecond: number },
): Partial<LoadResult> {
  const completedPerSecond = Math.min(rate ?? onePerSecond, kneePerSecond);
  return {
    completed: completedPerSecond,
    offered: rate ?? onePerSecond,
    windowSeconds: 1,
    completedPerSecond,
    roundTrips: null,
    goodputBitsPerSecond: 0,
    latencies: { total: { p50Micros: 10_000, p99Micros: 10_000 } } as LoadResult["latencies"],
    generator: { eventLoopUtilisation: 0.1 } as LoadResult["generator"],
    invalid: [],
  };
}
