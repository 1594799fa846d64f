// Tests of connections: how many requests they carry, how they are left, and what a server's close
// does to a request.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { emptyCounters } from "./counters.ts";
import { type Answer, OK, serve } from "./lab/raw-server.ts";
import { runLoad } from "./run.ts";

function run(request: Record<string, unknown>) {
  const settings = parseSettings({ rttMillis: 1, ...request });
  return runLoad(settings, null, emptyCounters(), () => {}, new AbortController().signal);
}

/** Answers all requests but the first on each of `closed` connections, which it closes instead. */
async function closing(context: TestContext, closed: number, partly = "") {
  const met = new Set<Socket>();
  return serve(context, (socket) => {
    if (met.has(socket) || met.size >= closed) OK(socket, "");
    else {
      met.add(socket);
      socket.end(partly);
    }
  });
}

/** Answers; `ended` is after how many milliseconds the client then ends its connection. */
async function noting(context: TestContext) {
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  const { target } = await serve(context, (socket) => {
    OK(socket, "");
    const answeredMillis = performance.now();
    socket.once("end", () => resolve(performance.now() - answeredMillis));
  });
  return { target, ended };
}

describe("the connections of a load", () => {
  it("are left after as many requests as they may carry", async (context) => {
    const { target, seen } = await serve(context, OK);
    const result = await run({ target, requests: 10, requestsPerConnection: 4 });
    assert.deepEqual([result.completed, result.connections, seen.connections], [10, 3, 3]);
  });

  it("carry one request each where they may carry no more, also of an open load", async (context) => {
    const { target, seen } = await serve(context, OK);
    const result = await run({ target, rate: 100, requests: 5, requestsPerConnection: 1 });
    assert.deepEqual([result.completed, seen.connections], [5, 5]);
  });

  it("carry one request each where the request says so, whatever the answer would allow", async (context) => {
    // It closes because it was asked to, and says nothing of that.
    const { target, seen } = await serve(context, (socket) => {
      OK(socket, "");
      setTimeout(() => socket.end(), 2);
    });
    const once = [{ httpVersion: "1.0" }, { connection: "close" }, { httpVersion: "1.0", rate: 1000, connections: 2 }];
    for (const [index, settings] of once.entries()) {
      const result = await run({ target, requests: 6, ...settings });
      assert.deepEqual([result.completed, result.failed, result.connections], [6, 0, 6]);
      assert.deepEqual([seen.connections, seen.requests.length], [6 * (index + 1), 6 * (index + 1)]);
    }
  });

  it("carry all requests of HTTP/1.0 that ask for it", async (context) => {
    const { target, seen } = await serve(context, OK);
    const result = await run({ target, requests: 6, httpVersion: "1.0", connection: "keep-alive" });
    assert.deepEqual([result.completed, seen.connections], [6, 1]);
  });

  it("leave a request that a close left without an answer failed, or make it once more and count it", async (context) => {
    const { target: first } = await closing(context, 1);
    const failed = await run({ target: first, requests: 3 });
    assert.deepEqual([failed.completed, failed.failures.short, failed.retried], [2, 1, 0]);

    const { target: second, seen } = await closing(context, 1);
    const retried = await run({ target: second, requests: 3, retry: true });
    assert.deepEqual([retried.completed, retried.failed, retried.retried, seen.requests.length], [3, 0, 1, 4]);
    // Its time is from when it was first wanted.
    assert.equal(retried.latencies.total.count, 3);
  });

  it("make a request once more at most, and none of whose answer something came", async (context) => {
    const { target: twice } = await closing(context, 2);
    const again = await run({ target: twice, requests: 1, retry: true });
    assert.deepEqual([again.retried, again.failures.short, again.completed], [1, 1, 0]);

    const { target: partly } = await closing(context, 1, "HTTP/1.1 200 OK\r\nContent-Le");
    const begun = await run({ target: partly, requests: 1, retry: true });
    assert.deepEqual([begun.retried, begun.failures.short], [0, 1]);
  });

  it("are closed when they are left, or only after the wait that is asked for", async (context) => {
    for (const lingerMillis of [0, 80]) {
      const { target, ended } = await noting(context);
      await run({ target, requests: 1, lingerMillis });
      // The kernel's timer is exact, but the server's clock starts before the answer is there.
      assert.ok((await ended) >= lingerMillis);
    }
  });

  it("are kept to the end by a user whose pause outlasts the load, so that nobody else gets their place", async (context) => {
    const { target, ended } = await noting(context);
    await run({ target, seconds: 0.3, thinkMillis: 60_000, thinking: "fixed" });
    // The window begins before the first answer, by what connecting and asking take.
    assert.ok((await ended) > 150);
  });

  it("are left for the server to close where that is asked for: it sees no end before the load's", async (context) => {
    const open: Socket[] = [];
    const answer: Answer = (socket) => {
      OK(socket, "");
      open.push(socket);
    };
    const { target } = await serve(context, answer);
    const result = await run({ target, requests: 2, users: 2, leaving: "server" });
    assert.deepEqual([result.completed, open.length], [2, 2]);
    await Promise.all(open.map((socket) => socket.closed || once(socket, "close")));
  });

  it("are closed and counted when they bring octets without a request, such as a body to HEAD", async (context) => {
    const open = new Set<Socket>();
    let most = 0;
    const { target } = await serve(context, (socket) => {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      most = Math.max(most, open.size);
      OK(socket, "");
    });
    const result = await run({ target, method: "HEAD", requests: 30, thinkMillis: 10, thinking: "fixed" });
    assert.deepEqual([result.completed, result.failed, result.failures.malformed], [30, 0, 30]);
    assert.ok(most <= 2, `${most} at once`);
    assert.match(result.failureExamples.malformed ?? "", /without a request/);
  });

  it("have their answers compared with the body that is expected, by its length or its hash", async (context) => {
    const { target } = await serve(context, OK);
    // sha256sum of hello
    const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const failures = async (expected: object) => {
      const { completed, failures, failureExamples } = await run({ target, requests: 2, expected });
      return [completed, failures.wrong, failureExamples.wrong];
    };
    assert.deepEqual(await failures({ bytes: 5, sha256 }), [2, 0, undefined]);
    assert.deepEqual(await failures({ bytes: 6 }), [0, 2, "a body of 5 bytes instead of 6"]);
    const other = sha256.replace("2", "3");
    assert.deepEqual(await failures({ sha256: other }), [0, 2, `a body whose SHA-256 is ${sha256}`]);
  });

  it("ask for the paths of a record in its order, whichever share asks", async (context) => {
    const entries = ["/a", "/b", "/c"].map((path, index) => ({ path, atMillis: index * 10 }));
    // Over one connection, because two may overtake each other.
    const load = { rate: 100, requests: 4, connections: 1, paths: { order: "replayed", entries } };
    const asked = async (more: object) => {
      const { target, seen } = await serve(context, OK);
      await run({ target, ...load, ...more });
      return seen.requests.map((request) => request.split(" ")[1]);
    };
    assert.deepEqual(await asked({}), ["/a", "/b", "/c", "/a"]);
    assert.deepEqual(await asked({ connections: 2, share: { index: 1, of: 2 } }), ["/b", "/a"]);
  });
});
