// Several threads as one generator, against a server that counts.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { LoadProgress } from "../../lib/contract/load/load.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { emptyCounters } from "./counters.ts";
import { runLoad } from "./run.ts";

const paths: string[] = [];
const server = createServer((request, response) => {
  paths.push(request.url ?? "");
  response.end("hello");
});
let target: string;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

function run(request: Record<string, unknown>, counters = emptyCounters(), signal = new AbortController().signal) {
  const seconds: LoadProgress[] = [];
  const settings = parseSettings({ target, rttMillis: 1, ...request });
  return runLoad(settings, null, counters, (second) => seconds.push(second), signal);
}

describe("a load of several threads", () => {
  it("is one load: the requests of the same schedule, each once, in one result", async () => {
    const entries = Array.from({ length: 5 }, (_, index) => ({ path: `/${index}`, weight: index + 1 }));
    const load = { rate: 300, requests: 90, arrivals: "poisson", paths: { order: "chosen", entries }, seed: 5 };
    const asked: string[][] = [];
    for (const threads of [1, 3]) {
      paths.length = 0;
      const counters = emptyCounters();
      const result = await run({ ...load, threads }, counters);
      asked.push(paths.toSorted());
      assert.deepEqual([result.offered, result.completed, result.failed], [90, 90, 0]);
      assert.deepEqual([result.latencies.total.count, result.generator.threads.length], [90, threads]);
      assert.equal(result.latencies.total.histogram, undefined);
      assert.deepEqual([counters.completed, counters.inFlight], [90, 0]);
      assert.deepEqual([result.settings.threads, result.settings.share], [threads, { index: 0, of: 1 }]);
    }
    assert.deepEqual(asked[1], asked[0]);
  });

  it("divides users and requests", async () => {
    const result = await run({ users: 5, requests: 50, threads: 2 });
    assert.deepEqual([result.completed, result.connections], [50, 5]);
    const alone = await run({ users: 1, requests: 10, threads: 2 });
    assert.deepEqual([alone.completed, alone.connections], [10, 1], "one thread has nobody");
  });

  it("begins when all of its threads are there, so that none of it is late for their start", async (context) => {
    const { latencies } = await run({ rate: 200, requests: 100, threads: 8 });
    const lagMillis = (latencies.lag.p50Micros ?? Number.NaN) / 1000;
    context.diagnostic(`${lagMillis.toFixed(1)} ms late in the median`);
    // Their start takes a second on two processors, which would delay half of the requests by some
    // 0.45 s; a busy machine delays some of them.
    assert.ok(lagMillis < 200, `${lagMillis} ms`);
  });

  it("is not busy with a share in which nobody is, nor with a request that is soon over", async () => {
    for (const load of [{ users: 1, seconds: 0.5, thinkMillis: 50, threads: 2 }, { requests: 1 }]) {
      const { generator, completed, invalid } = await run(load);
      assert.ok(completed > 0);
      assert.ok(generator.eventLoopUtilisation < 0.9, `${generator.eventLoopUtilisation}`);
      assert.deepEqual(invalid, []);
    }
  });

  it("stops at once when it is cancelled, before its threads are ready too", async () => {
    for (const afterMillis of [0, 400]) {
      const cancel = new AbortController();
      const running = run({ users: 4, seconds: 60, threads: 2 }, emptyCounters(), cancel.signal);
      setTimeout(() => cancel.abort(), afterMillis);
      await assert.rejects(running, { code: "E_CANCELLED" });
    }
  });
});
