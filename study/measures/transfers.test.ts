// Transfers of a given duration, as their measures ask for them and refuse what makes none.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { addLatency, emptyLatency, latencyOf, summarise } from "../../lib/contract/load/latency.ts";
import type { LoadResult } from "../../lib/contract/load/load.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { load } from "./load.ts";
import { rudp } from "./rudp.ts";
import { tcp } from "./tcp.ts";

const paths = (problems: readonly { path: string }[]) => problems.map(({ path }) => path);

it("TCP's are users who fetch a large file for the seconds, and are cut off", () => {
  const { users, path, seconds, warmupSeconds, ending, seed, pipeline } = parseSettings(
    tcp.request({ connections: "4", seconds: "10", warmup: "2s" }, 9),
  );
  assert.deepEqual([users, path, seconds, warmupSeconds, ending, seed], [4, "/files/10MiB", 10, 2, "cut", 9]);
  assert.equal(pipeline, 2, "the server has the next request when a file ends");
  assert.deepEqual(tcp.problems({ connections: "4", seconds: "10" }), []);
  assert.deepEqual(paths(tcp.problems({ connections: "0", seconds: "10" })), ["connections"]);
  assert.deepEqual(paths(tcp.problems({ connections: "4" })), ["seconds"]);
});

it("RUDP's send for the seconds, and are cut off; one transfer alone is waited for", () => {
  const words = { direction: "send", seconds: "10", connections: "4", warmup: "2s", controller: "cubic" };
  const { ending, connections, warmupSeconds } = rudp.request(words, 9);
  assert.deepEqual([ending, connections, warmupSeconds], ["cut", 4, 2]);
  assert.equal(rudp.request({ bytes: "1MiB" }, 9).ending, undefined);
  assert.deepEqual(rudp.problems(words), []);
  assert.deepEqual(paths(rudp.problems({ bytes: "1MiB", connections: "4" })), ["connections"]);
  assert.deepEqual(paths(rudp.problems({ ...words, warmup: "soon" })), ["warmup"]);
});

it("RUDP's that the service would refuse in every run are refused, at their words", () => {
  assert.deepEqual(paths(rudp.problems({ seconds: "10" })), ["bytes"], "the direction is receive unless it is given");
  assert.deepEqual(paths(rudp.problems({ direction: "both", bytes: "1MiB" })), ["bytes"]);
  assert.deepEqual(paths(rudp.problems({})), ["bytes"]);
  const sent = { direction: "send", bytes: "1MiB" };
  const [problem] = rudp.problems({ ...sent, controller: "newrenoo" });
  assert.equal(problem?.path, "controller");
  assert.match(problem?.allowed ?? "", /newreno, cubic/);
  const steady = { direction: "send", seconds: "86401", connections: "4", warmup: "86401s" };
  assert.deepEqual(paths(rudp.problems(steady)), ["seconds", "warmup"]);
  for (const words of [sent, { bytes: "1MiB" }, { direction: "both", seconds: "10" }, { ...sent, controller: "cubic" }])
    assert.deepEqual(rudp.problems(words), []);
});

it("RUDP's have a controller and an initial window where the measuring host sends, and else none", () => {
  const options = { controller: "cubic", "initial-window": "32" };
  assert.deepEqual(rudp.problems({ bytes: "1MiB", direction: "send", ...options }), []);
  for (const words of [
    { bytes: "1MiB" },
    { direction: "receive", bytes: "1MiB" },
    { direction: "both", seconds: "5" },
  ]) {
    const problems = rudp.problems({ ...words, ...options });
    assert.deepEqual(paths(problems), ["controller", "initial-window"]);
    for (const { allowed } of problems) assert.equal(allowed, "with the direction send");
  }
});

it("TCP's are the generator's own where it was saturated, which a study may allow", () => {
  const result = { failed: 0, failureExamples: {}, generator: { saturated: true } } as unknown as LoadResult;
  assert.equal(tcp.fault(result), null);
  assert.match(tcp.ownFault?.(result) ?? "", /its rate is its own/);
});

it("RUDP's follow one another, each with a seed of its own, and their median counts", async () => {
  const words = { bytes: "1MiB", transfers: "3" };
  assert.deepEqual(rudp.problems(words), []);
  assert.deepEqual(paths(rudp.problems({ direction: "send", seconds: "5", transfers: "3" })), ["transfers"]);
  const seeds: (number | undefined)[] = [];
  const results = await rudp.perform?.(
    rudp.request(words, 7),
    async ({ seed, ...request }) => {
      seeds.push(seed as number);
      assert.ok(!("transfers" in request));
      const elapsedSeconds = [0.9, 0.2, 0.3][seeds.length - 1];
      const fixed = {
        settings: { connections: 1, bytes: 2 ** 20 },
        connectSeconds: 0.1,
        goodputBitsPerSecond: 1e6,
        losses: { lossEvents: 2, timeouts: 1, resentSegments: 5 },
      };
      return { ...fixed, elapsedSeconds } as never;
    },
    words,
  );
  assert.deepEqual(seeds, [7, 8, 9]);
  const { requestSeconds, lossEvents, timeouts, resentSegments } = rudp.values(results as never);
  assert.deepEqual([requestSeconds, lossEvents, timeouts, resentSegments], [0.3, 6, 3, 15]);
});

it("RUDP's that were cut off have rates and losses, and no time: theirs is what the words say", () => {
  const settings = { connections: 4, bytes: null, ending: "cut" };
  const losses = { lossEvents: 2, timeouts: 1, resentSegments: 5 };
  const cut = { settings, elapsedSeconds: 5, connectSeconds: 0.1, goodputBitsPerSecond: 1e6, losses };
  assert.deepEqual(rudp.values([cut] as never), {
    connectSeconds: 0.1,
    goodputBitsPerSecond: 1e6,
    connectionGoodputBitsPerSecond: 250_000,
    ...losses,
  });
});

it("RUDP's have the losses of this end where it sends, and else none: the other end has counted them", () => {
  const settings = { connections: 1, bytes: 1, ending: "wait" };
  const received = { settings, elapsedSeconds: 1, connectSeconds: 0.1, goodputBitsPerSecond: 1, losses: null };
  const values = rudp.values([received] as never);
  for (const name of ["lossEvents", "timeouts", "resentSegments"]) assert.ok(!(name in values), name);
});

it("the medians of HTTP and RUDP are of one definition: of two requests, the middle between them", () => {
  const [first, second] = [1, 1.4];
  const byRudp = rudp.values(
    [first, second].map((elapsedSeconds) => {
      const fixed = { settings: { connections: 1, bytes: 1 }, goodputBitsPerSecond: 1, losses: null };
      return { ...fixed, elapsedSeconds, connectSeconds: elapsedSeconds };
    }) as never,
  );
  const counted = emptyLatency();
  for (const seconds of [first, second]) addLatency(counted, 1e6 * seconds);
  const latency = summarise(latencyOf(counted), true);
  const latencies = { total: latency, firstByte: latency, connect: latency };
  const settings = { ending: "wait" };
  const result = { settings, latencies, pages: { completed: 2, latency }, seconds: [] } as unknown as LoadResult;
  const byHttp = load.values(result);
  for (const name of ["requestSeconds", "connectSeconds"]) assert.equal(byHttp[name], byRudp[name], name);
  assert.deepEqual([byRudp.requestSeconds, byHttp.pageSeconds, byHttp.firstByteSeconds], [1.2, 1.2, 1.2]);
});

it("a load that cuts off at its end has rates and no times: the slow ones are those that it cuts off", () => {
  const latency = { p50Micros: 1000, meanMicros: 1000, histogram: "whole" };
  const latencies = { total: latency, firstByte: latency, connect: latency };
  const ran = (ending: string, cut: number) => {
    const counts = { completed: 9, completedPerSecond: 9, failed: 0, cut, seconds: [] };
    return { settings: { ending, rate: 9 }, latencies, pages: { completed: 9, latency }, ...counts };
  };
  const namesOf = (result: unknown) =>
    Object.keys(load.values(result as LoadResult)).filter((name) => /Seconds$/.test(name));
  for (const cut of [0, 1]) {
    const result = ran("cut", cut) as unknown as LoadResult;
    assert.deepEqual([namesOf(result), load.histograms(result), load.fault(result)], [[], {}, null]);
    assert.equal(load.values(result).requestsPerSecond, 9);
  }
  assert.equal(namesOf(ran("wait", 0)).length, 5);
});

it("a page's time is a quantity of a load, and only of one of pages", () => {
  const { page, connections, httpVersion } = parseSettings(
    load.request({ page: "1.0-parallel", connections: "4", requests: "1" }, 1),
  );
  assert.deepEqual([page, connections, httpVersion], ["1.0-parallel", 4, "1.0"]);
  assert.deepEqual(paths(load.problems({ page: "1.1-serial", connections: "4", requests: "1" })), ["connections"]);
});

it("a load may be open, and has all words of the load generator but its seed and its round trip", () => {
  const words = { rate: "200", arrivals: "poisson", connections: "8", seconds: "2" };
  assert.deepEqual(load.problems(words), []);
  const { rate, arrivals, seed } = parseSettings(load.request(words, 9));
  assert.deepEqual([rate, arrivals, seed], [200, "poisson", 9]);
  for (const word of Object.keys(words)) assert.ok(word in load.words, word);
  assert.ok(!("seed" in load.words) && !("rtt" in load.words));
});

it("a load has sizes, popularity and messages in a study too, and replays a record from a file", async () => {
  const sized = parseSettings(
    load.request({ path: "/a/{1..3}", popularity: "zipf:1", size: "10KiB", seconds: "1" }, 1),
  );
  assert.deepEqual(sized.size, { law: "fixed", bytes: 10_240 });
  assert.deepEqual(
    sized.paths?.entries.map(({ path }) => path),
    ["/a/1", "/a/2", "/a/3"],
  );
  assert.equal(parseSettings(load.request({ protocol: "echo", size: "100B", seconds: "1" }, 1)).protocol, "echo");
  const directory = await mkdtemp(join(tmpdir(), "rttlab-record-"));
  const replay = join(directory, "record");
  await writeFile(replay, "0 /a\n0.5 /b\n");
  const { rate, paths: record } = parseSettings(load.request({ replay, speed: "2" }, 1));
  assert.deepEqual([rate, record?.order, record?.entries.length], [4, "replayed", 2]);
  await rm(directory, { recursive: true });
  assert.deepEqual(paths(load.problems({ replay })), ["replay"], "the file is gone");
  assert.deepEqual(paths(load.problems({ replay: "-" })), ["replay"], "a study has no standard input");
});

it("a closed load's rate and mean time have to make its users, by Little's law", () => {
  const ran = (over: Partial<LoadResult> = {}, words = {}) => {
    const settings = parseSettings(load.request({ users: "4", seconds: "10", ...words }, 1));
    const latencies = { total: { meanMicros: 50_000 } };
    const none = { failed: 0, cut: 0, spanning: 0, failures: {}, invalid: [] };
    const counts = { ...none, completed: 800, completedPerSecond: 80 };
    return load.fault({ settings, latencies, pages: null, ...counts, ...over } as unknown as LoadResult);
  };
  assert.equal(ran(), null);
  assert.equal(
    ran({ completedPerSecond: 60 }),
    "Little's law does not hold: rate and times make 3 users of 4",
    "a quarter of the requests is missing",
  );
  assert.equal(ran({ completedPerSecond: 60, completed: 10 }), null, "the window's ends cut as much from so few");
  assert.equal(ran({ completedPerSecond: 60 }, { think: "50ms" }), null, "pauses are drawn, and their sum is unknown");
  const fixed = { think: "50ms", thinking: "fixed" };
  assert.equal(ran({ completedPerSecond: 40 }, fixed), null);
  assert.match(ran({ completedPerSecond: 60 }, fixed) ?? "", /make 6 users of 4$/);
});

it("users who wait for a worker from before the window until after it are not in its rate and times", () => {
  const ran = (over: object, words = {}) => {
    const settings = parseSettings(load.request({ users: "128", seconds: "10", warmup: "1s", ...words }, 1));
    const counts = { completed: 6400, failed: 0, cut: 0, failures: {}, invalid: [], completedPerSecond: 640 };
    const latencies = { total: { meanMicros: 50_000 } };
    return load.fault({ settings, latencies, windowSeconds: 10, ...counts, ...over } as unknown as LoadResult);
  };
  assert.equal(ran({ spanning: 96, pages: null }), null, "32 workers have 32 users of 128");
  assert.match(ran({ spanning: 0, pages: null }) ?? "", /make 32 users of 128$/);
  const pages = { completed: 6400, failed: 0, latency: { meanMicros: 50_000 } };
  assert.equal(ran({ spanning: 5, pages: { ...pages, spanning: 96 } }, { page: "1.1-serial" }), null);
  assert.match(
    ran({ spanning: 96, pages: { ...pages, spanning: 0 } }, { page: "1.1-serial" }) ?? "",
    /32 users of 128/,
  );
});

it("a load of so many requests ends without a pause, and adds up without it", () => {
  const words = { requests: "4", think: "3s", thinking: "fixed" };
  const settings = parseSettings(load.request(words, 1));
  const latencies = { total: { meanMicros: 500_000 } };
  const counts = { completed: 4, failed: 0, cut: 0, spanning: 0, failures: {}, invalid: [] };
  const ran = (completedPerSecond: number) =>
    load.fault({ settings, latencies, pages: null, ...counts, completedPerSecond } as unknown as LoadResult);
  assert.equal(ran(4 / 11), null, "four half seconds and three pauses");
  assert.match(ran(4 / 14) ?? "", /Little's law does not hold/);
});

it("a load of one request, or of one page, has to add up too: its time is all of the window", () => {
  const ran = (windowSeconds: number, words: Record<string, string>, pages: unknown = null) => {
    const settings = parseSettings(load.request({ requests: "1", ...words }, 1));
    const counts = {
      completed: 1,
      failed: 0,
      cut: 0,
      spanning: 0,
      failures: {},
      invalid: [],
      completedPerSecond: 1 / windowSeconds,
    };
    const latencies = { total: { meanMicros: 100_000 } };
    return load.fault({ settings, latencies, windowSeconds, pages, ...counts } as unknown as LoadResult);
  };
  assert.equal(ran(0.101, {}), null);
  assert.match(ran(0.2, {}) ?? "", /Little's law does not hold: rate and times make 0\.5 users of 1/);
  const page = { completed: 1, failed: 0, spanning: 0, latency: { meanMicros: 400_000 } };
  assert.equal(ran(0.401, { page: "1.1-serial" }, page), null);
  assert.match(ran(0.8, { page: "1.1-serial" }, page) ?? "", /Little's law/);
});
