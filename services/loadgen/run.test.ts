// Loads against a small raw server on loopback: real sockets, and a server that misbehaves on
// request.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { RttlabError } from "../../lib/errors.ts";
import { type Counters, emptyCounters } from "./counters.ts";
import { type Answer, OK, serve } from "./lab/raw-server.ts";
import { createMetrics } from "./metrics.ts";
import { runLoad } from "./run.ts";

const OK_AND_CLOSE: Answer = (socket) => void socket.end("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");

function run(request: Record<string, unknown>, signal = new AbortController().signal, counters?: Counters) {
  return runLoad(parseSettings(request), "127.0.0.1", counters ?? emptyCounters(), () => {}, signal);
}

describe("a load", () => {
  it("opens a connection for every request of HTTP/1.0", async (context) => {
    const { target, seen } = await serve(context, OK_AND_CLOSE);
    const result = await run({ target, path: "/x", httpVersion: "1.0", users: 2, requests: 20 });
    assert.deepEqual([result.begun, result.completed, result.failed], [20, 20, 0]);
    assert.deepEqual([result.connections, seen.connections, seen.requests.length], [20, 20, 20]);
    assert.match(seen.requests[0] ?? "", /^GET \/x HTTP\/1\.0\r\nHost: 127\.0\.0\.1:\d+\r\n/);
    assert.deepEqual(result.statuses, { 200: 20 });
    for (const phase of ["connect", "firstByte", "transfer", "total"] as const) {
      assert.equal(result.latencies[phase].count, 20);
    }
  });

  it("keeps one connection a user with HTTP/1.1", async (context) => {
    const { target, seen } = await serve(context, OK);
    const result = await run({ target, users: 3, requests: 60 });
    assert.deepEqual([result.completed, result.connections, seen.connections], [60, 3, 3]);
    assert.deepEqual([result.latencies.connect.count, result.latencies.total.count], [3, 60]);
    assert.match(seen.requests[0] ?? "", /^GET \/ HTTP\/1\.1\r\n/);
  });

  it("opens a new connection after a response that says close", async (context) => {
    const { target, seen } = await serve(context, (socket) =>
      socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
    );
    const result = await run({ target, requests: 4 });
    assert.deepEqual([result.completed, result.failed, seen.connections], [4, 0, 4]);
  });

  it("sends from the data address", async (context) => {
    const { target, seen } = await serve(context, OK);
    await runLoad(
      parseSettings({ target, requests: 1 }),
      "127.0.0.9",
      emptyCounters(),
      () => {},
      new AbortController().signal,
    );
    assert.deepEqual([...seen.from], ["127.0.0.9"]);
  });

  it("ends after its seconds and waits for what is under way", async (context) => {
    const { target } = await serve(context, OK);
    const result = await run({ target, users: 2, seconds: 0.2 });
    assert.equal(result.windowSeconds, 0.2);
    assert.equal(result.begun, result.completed);
    assert.ok(result.completed > 2);
  });

  it("cuts off what is under way at its end, counts what arrived of it, and calls it no failure", async (context) => {
    const { target, seen } = await serve(context, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      socket.write(Buffer.alloc(5000));
    });
    const { registry, counters } = createMetrics();
    const seconds = 1;
    const request = { target, users: 3, seconds, ending: "cut" };
    const result = await run(request, new AbortController().signal, counters.run);
    assert.deepEqual([result.begun, result.completed, result.failed, result.cut], [3, 0, 0, 3]);
    assert.ok(Math.abs((result.goodputBitsPerSecond * seconds) / 8 - 15_000) < 1e-6, `${result.goodputBitsPerSecond}`);
    assert.equal(seen.requests.length, 3);
    assert.match(await registry.metrics(), /^rttlab_load_in_flight 0$/m);
  });

  it("cuts off at the end and not before: who waits from the warm-up on has waited through the window", async (context) => {
    const { target } = await serve(context, () => {});
    const request = { target, users: 2, warmupSeconds: 0.05, seconds: 0.1, ending: "cut", rttMillis: 1 };
    for (let cuts = 0; cuts < 20; cuts++) {
      const { spanning, seconds } = await run(request);
      assert.deepEqual([spanning, seconds[0]?.started], [2, 2], `after ${cuts} others`);
    }
  });

  it("does not count the warm-up", async (context) => {
    const { target, seen } = await serve(context, OK);
    const result = await run({ target, requests: 5, warmupSeconds: 0.1 });
    assert.equal(result.completed, 5);
    assert.equal(result.latencies.total.count, 5);
    assert.ok(seen.requests.length > 5);
  });

  it("ends with the last of its requests: nobody thinks about one more, and no rate is thinned by it", async (context) => {
    const { target } = await serve(context, OK);
    for (const users of [1, 4]) {
      const beganMillis = performance.now();
      // A mean of an hour: a user who sleeps a think time at the end outlives the test.
      const result = await run({ target, requests: users, users, thinkMillis: 3_600_000 });
      assert.equal(result.completed, users);
      assert.ok(result.windowSeconds <= (performance.now() - beganMillis) / 1000);
      assert.ok(Math.abs(result.completedPerSecond * result.windowSeconds - users) < 1e-9);
    }
  });

  it("counts in the round trips of the path, however many users begin at once", async (context) => {
    const { target } = await serve(context, OK);
    for (const users of [1, 100, 1000]) {
      const { roundTrips } = await run({ target, requests: users, users });
      assert.equal(roundTrips?.source, "probe");
      context.diagnostic(`${users} users: ${roundTrips.rttMillis.toFixed(3)} ms`);
      // Loopback takes a tenth of that, and the smallest of a few connects hardly waits on a busy
      // machine; the users' own connects took 17 ms with 100 of them and 68 ms with 1000.
      assert.ok(roundTrips.rttMillis < 3, `${users} users: ${roundTrips.rttMillis} ms`);
    }
  });

  it("takes no probe where the round-trip time is given, and ends at once when it is cancelled in one", async (context) => {
    const { target } = await serve(context, OK);
    const given = await run({ target, requests: 1, rttMillis: 5 });
    assert.deepEqual([given.roundTrips?.rttMillis, given.roundTrips?.source], [5, "given"]);
    const cancel = new AbortController();
    const running = run({ target, seconds: 60 }, cancel.signal);
    cancel.abort();
    await assert.rejects(running, { code: "E_CANCELLED" });
  });

  it("times a user's request from the end of the pause, and has its own lateness as the lag", async (context) => {
    const [pauseMillis, blockedMillis] = [100, 150];
    const { target } = await serve(context, OK);
    const counters = emptyCounters();
    const block = () => {
      if (counters.completed === 0) setImmediate(block);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMillis);
    };
    block();
    const request = { target, requests: 2, thinkMillis: pauseMillis, thinking: "fixed", rttMillis: 1 };
    const { latencies } = await run(request, new AbortController().signal, counters);
    const leastMicros = (blockedMillis - pauseMillis - 1) * 1000;
    assert.ok((latencies.lag.maxMicros ?? 0) >= leastMicros, `lag ${latencies.lag.maxMicros}`);
    assert.ok((latencies.total.maxMicros ?? 0) >= leastMicros, `total ${latencies.total.maxMicros}`);
  });

  it("waits for the first byte of the answer, not of an interim response", async (context) => {
    const waits = 60;
    const answers: Answer[] = [
      (socket) => {
        socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        setTimeout(() => OK(socket, ""), waits);
      },
      (socket) => {
        socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n");
        setTimeout(() => socket.write("\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), waits);
      },
    ];
    for (const answer of answers) {
      const { target } = await serve(context, answer);
      const { completed, latencies } = await run({ target, requests: 1 });
      assert.equal(completed, 1);
      // Node's timers may fire a millisecond early.
      assert.ok((latencies.firstByte.minMicros ?? 0) >= (waits - 1) * 1000, JSON.stringify(latencies.firstByte));
    }
  });

  it("counts what each framing carries, and keeps the connection after it", async (context) => {
    const interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    const chunks = "5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n";
    const framings = [
      { answer: `${interim}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello`, status: 200, bytes: 5 },
      { answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`, status: 200, bytes: 11 },
      { answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", status: 200, bytes: 0, method: "HEAD" },
      { answer: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", status: 204, bytes: 0 },
      { answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304, bytes: 0 },
    ];
    for (const { answer, status, bytes, method = "GET" } of framings) {
      const { target, seen } = await serve(context, (socket) => socket.write(answer));
      const counters = emptyCounters();
      const result = await run({ target, method, requests: 3 }, new AbortController().signal, counters);
      // 304 answers a condition that the request has not.
      assert.deepEqual([result.completed, result.failures.status], status === 304 ? [0, 3] : [3, 0], answer);
      assert.deepEqual([result.statuses, counters.bodyBytes], [{ [status]: 3 }, 3 * bytes], answer);
      assert.deepEqual([result.connections, seen.requests.length], [1, 3], answer);
    }
  });

  it("counts each kind of failure and tries nothing again", async (context) => {
    const answers: Record<string, Answer> = {
      reset: (socket) => void socket.resetAndDestroy(),
      short: (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"),
      status: (socket) => void socket.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
      malformed: (socket) => void socket.write("220 mail.example ESMTP\r\n"),
      timeout: (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"),
    };
    for (const [kind, answer] of Object.entries(answers)) {
      const { target, seen } = await serve(context, answer);
      // The others have all the time that a busy machine may take.
      const timeoutMillis = kind === "timeout" ? 1000 : 30_000;
      const result = await run({ target, requests: 2, timeoutMillis });
      assert.deepEqual([result.begun, result.completed, result.failed], [2, 0, 2], kind);
      assert.equal(result.failures[kind as "reset"], 2, `${kind}: ${JSON.stringify(result.failures)}`);
      assert.equal(seen.requests.length, 2, kind);
      // A time-out is a latency too: of as long as it waited.
      assert.equal(result.latencies.total.count, kind === "timeout" ? 2 : 0, kind);
    }
  });

  it("counts a refused connection", async (context) => {
    const result = await run({ target: "127.0.0.1:1", requests: 2 });
    assert.deepEqual([result.failures.refused, result.failed], [2, 2]);
    assert.match(result.failureExamples.refused ?? "", /ECONNREFUSED/);
    context.diagnostic(result.failureExamples.refused ?? "");
  });

  it("counts a connection that the server ends while it is idle as no failure", async (context) => {
    const { target, seen } = await serve(context, (socket) => {
      OK(socket, "");
      setImmediate(() => socket.end());
    });
    const result = await run({ target, requests: 3, thinkMillis: 200, seed: 4 });
    assert.deepEqual([result.completed, result.failed, seen.connections], [3, 0, 3]);
  });

  it("stops at once when it is cancelled", async (context) => {
    const cancel = new AbortController();
    const { target, seen } = await serve(context, () => cancel.abort());
    await assert.rejects(
      run({ target, users: 5, seconds: 60 }, cancel.signal),
      (error) => error instanceof RttlabError && error.code === "E_CANCELLED",
    );
    assert.ok(seen.requests.length <= 5);
  });

  it("refuses a target that does not resolve", async () => {
    await assert.rejects(
      run({ target: "no-such-host.invalid:80", requests: 1 }),
      (error) => error instanceof RttlabError && error.code === "E_BAD_TARGET",
    );
  });

  it("feeds metrics that count everything and leave nothing in flight", async (context) => {
    const { target } = await serve(context, OK);
    const { registry, counters } = createMetrics();
    await run({ target, requests: 7, users: 2 }, new AbortController().signal, counters.run);
    const text = await registry.metrics();
    assert.match(text, /^rttlab_load_offered_total 7$/m);
    assert.match(text, /^rttlab_load_completed_total 7$/m);
    assert.match(text, /^rttlab_load_failed_total\{kind="timeout"\} 0$/m);
    assert.match(text, /^rttlab_load_body_bytes_total 35$/m);
    assert.match(text, /^rttlab_load_in_flight 0$/m);
    assert.match(text, /^rttlab_load_latency_seconds_count\{phase="total"\} 7$/m);
  });
});
