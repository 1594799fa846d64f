// Open loads against servers of known behaviour on loopback: what counting says must be reported.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { countsUpTo } from "../../lib/contract/load/latency.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { emptyCounters } from "./counters.ts";
import { runLoad } from "./run.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/** Calls `answer` for each request with its number, from 0, and its path. */
async function serve(
  context: TestContext,
  answer: (socket: Socket, number: number, path: string) => void,
): Promise<string> {
  const sockets = new Set<Socket>();
  let number = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.setEncoding("latin1").on("data", (text: string) => {
      for (const [, path = ""] of text.matchAll(/^GET (\S+)/gm)) answer(socket, number++, path);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function run(request: Record<string, unknown>) {
  const settings = parseSettings({ rttMillis: 1, ...request });
  return runLoad(settings, null, emptyCounters(), () => {}, new AbortController().signal);
}

describe("an open load", () => {
  it("makes as many requests as the rate says, over connections that are used again", async (context) => {
    const target = await serve(context, (socket) => socket.write(OK));
    const result = await run({ target, rate: 200, seconds: 1 });
    assert.deepEqual([result.offered, result.begun, result.completed, result.dropped], [200, 200, 200, 0]);
    assert.ok(result.connections < 100, `${result.connections} connections`);
    assert.equal(result.latencies.lag.count, 200);
  });

  it("has the wait of every request in its latency when the server stalls: nothing is omitted", async (context) => {
    const stallMillis = 400;
    const held: Socket[] = [];
    let state: "before" | "stalled" | "after" = "before";
    const target = await serve(context, (socket, number) => {
      if (number === 100) {
        state = "stalled";
        setTimeout(() => {
          state = "after";
          for (const one of held) one.write(OK);
        }, stallMillis);
      }
      if (state === "stalled") held.push(socket);
      else socket.write(OK);
    });
    const rate = 250;
    const open = await run({ target, rate, seconds: 1, connections: 1000 });
    // 100 of 250 requests come during the stall, the first of which waits for all of it: their
    // waits are evenly spread, so a fifth of all requests wait at least half of it.
    const { total } = open.latencies;
    assert.equal(total.count, rate);
    assert.ok((total.maxMicros ?? 0) >= (stallMillis - 2) * 1000, `max ${total.maxMicros}`);
    assert.ok((total.p90Micros ?? 0) >= 0.5 * stallMillis * 1000, `p90 ${total.p90Micros}`);
    // Most wait for nothing but this machine, which may be busy.
    assert.ok((total.p50Micros ?? 0) < 0.5 * stallMillis * 1000, `p50 ${total.p50Micros}`);
  });

  it("shows a stall of a second to each that comes during it, where one connection alone would see it once", async (context) => {
    const [rate, stallMillis] = [100, 1000];
    const target = await serve(context, (socket, number) => {
      if (number === 50) setTimeout(() => socket.write(OK), stallMillis);
      else socket.write(OK);
    });
    const { latencies, completed } = await run({ target, rate, seconds: 2, connections: 1, histograms: true });
    assert.equal(completed, 2 * rate);
    // Up to a half of the stall, and above: of the hundred that come during the stall, those of its
    // first half wait longer than that. A busy machine may add to both.
    const half = [(stallMillis / 2) * 1000, 10_000_000];
    const [, omitted = 0] = countsUpTo(latencies.service, half);
    const [, seen = 0] = countsUpTo(latencies.total, half);
    assert.ok(omitted >= 1 && seen >= 49 && seen > 10 * omitted, `${omitted} and ${seen}`);
  });

  it("counts what waits for a connection in the latency from the intended start, not in that from the actual", async (context) => {
    const serviceMillis = 20;
    const target = await serve(context, (socket) => setTimeout(() => socket.write(OK), serviceMillis));
    // Ten at once with one connection: the last waits for nine.
    const result = await run({ target, rate: 1000, requests: 10, connections: 1 });
    const { total, service, wait } = result.latencies;
    assert.deepEqual([result.completed, result.connections], [10, 1]);
    // Node's timers may fire a millisecond early.
    assert.ok((total.maxMicros ?? 0) >= (10 * (serviceMillis - 1) - 10) * 1000, `${total.maxMicros}`);
    assert.ok((wait.maxMicros ?? 0) >= (9 * (serviceMillis - 1) - 10) * 1000, `${wait.maxMicros}`);
    assert.ok((service.p50Micros ?? 0) < 4 * serviceMillis * 1000, `${service.p50Micros}`);
  });

  it("drops what finds the backlog full, and counts it", async (context) => {
    const target = await serve(context, () => {});
    const result = await run({ target, rate: 1000, requests: 20, connections: 2, backlog: 3, timeoutMillis: 100 });
    assert.deepEqual([result.offered, result.dropped, result.begun], [20, 15, 5]);
    assert.deepEqual([result.failed, result.failures.timeout], [5, 5]);
    // Those in the backlog have waited too.
    assert.equal(result.latencies.total.count, 5);
    assert.ok((result.latencies.total.minMicros ?? 0) >= 99_000);
  });

  it("gives up what waits for a connection when its time is over, though none becomes free", async (context) => {
    const target = await serve(context, (socket) => socket.write(OK));
    const beganMillis = performance.now();
    // The server keeps the only connection, and alone may close it.
    const left = { connections: 1, requestsPerConnection: 1, leaving: "server" };
    const result = await run({ target, rate: 10, seconds: 0.5, timeoutMillis: 300, ...left });
    const tookMillis = performance.now() - beganMillis;
    assert.deepEqual([result.completed, result.failures.timeout, result.latencies.total.count], [1, 4, 5]);
    // The last comes after 400 ms.
    assert.ok(tookMillis >= 700 && tookMillis < 1000, `${tookMillis}`);
  });

  it("opens another connection for one that brought octets without a request, and counts those", async (context) => {
    const target = await serve(context, (socket) => socket.write(`${OK}x`));
    const beganMillis = performance.now();
    const result = await run({ target, rate: 10, seconds: 0.5, connections: 1, timeoutMillis: 300 });
    assert.ok(performance.now() - beganMillis < 1000);
    assert.deepEqual([result.completed, result.failed, result.connections], [5, 0, 5]);
    assert.equal(result.failures.malformed, 5);
    assert.match(result.failureExamples.malformed ?? "", /without a request/);
  });

  it("fills a connection's pipeline at once when it takes another's place, in the order of the intended starts", async (context) => {
    const asked: string[] = [];
    const waiting = new Map<Socket, { now: number; most: number }>();
    const target = await serve(context, (socket, _number, path) => {
      asked.push(path);
      const here = waiting.get(socket) ?? { now: 0, most: 0 };
      waiting.set(socket, here);
      here.now += 1;
      here.most = Math.max(here.most, here.now);
      setTimeout(() => {
        here.now -= 1;
        socket.write(OK);
      }, 20);
    });
    const entries = Array.from({ length: 100 }, (_, index) => ({ path: `/${index}`, atMillis: index }));
    const result = await run({
      target,
      rate: 1000,
      requests: entries.length,
      paths: { order: "replayed", entries },
      connections: 1,
      pipeline: 8,
      requestsPerConnection: 10,
    });
    assert.deepEqual([result.completed, result.connections], [100, 10]);
    assert.deepEqual(
      asked,
      entries.map(({ path }) => path),
    );
    // For the first the requests are still to come. The others take the time of two answers each,
    // and would take that of ten where requests went one by one.
    const others = [...waiting.values()].slice(1);
    assert.deepEqual(
      others.map(({ most }) => most),
      others.map(() => 8),
    );
  });

  it("makes requests once more in the order of their intended starts, before those that wait behind them", async (context) => {
    const asked: string[] = [];
    let lost = 0;
    const target = await serve(context, (socket, number, path) => {
      if (number >= 4) {
        asked.push(path);
        socket.write(OK);
      } else if (++lost === 4) setTimeout(() => socket.destroy(), 30);
    });
    const entries = Array.from({ length: 12 }, (_, index) => ({ path: `/${index}`, atMillis: index }));
    const paths = { order: "replayed", entries };
    const load = { rate: 1000, requests: entries.length, connections: 1, pipeline: 4, retry: true };
    const result = await run({ target, paths, ...load });
    assert.deepEqual([result.completed, result.retried], [12, 4]);
    assert.deepEqual(
      asked,
      entries.map(({ path }) => path),
    );
  });

  it("puts several requests on a connection where all may be used and they are pipelined", async (context) => {
    let most = 0;
    const waiting = new Map<Socket, number>();
    const held: Socket[] = [];
    // Nothing is answered until as many wait as may, however slowly they come.
    const target = await serve(context, (socket, number) => {
      const count = (waiting.get(socket) ?? 0) + 1;
      waiting.set(socket, count);
      most = Math.max(most, count);
      held.push(socket);
      if (number < 2 * 4 - 1) return;
      for (const one of held.splice(0)) {
        waiting.set(one, (waiting.get(one) ?? 0) - 1);
        one.write(OK);
      }
    });
    const result = await run({ target, rate: 1000, requests: 12, connections: 2, pipeline: 4 });
    assert.deepEqual([result.completed, result.connections, most], [12, 2, 4]);
  });

  it("counts only those whose intended start is in the window", async (context) => {
    const target = await serve(context, (socket) => socket.write(OK));
    const result = await run({ target, rate: 100, seconds: 0.3, warmupSeconds: 0.2, cooldownSeconds: 0.1 });
    assert.deepEqual([result.offered, result.completed], [30, 30]);
    assert.match(result.rule, /those of 0\.3 s after a warm-up of 0\.2 s/);
    assert.equal(result.seconds[0]?.offered, 60);
  });
});
