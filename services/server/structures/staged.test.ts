// The parts that `staged` alone has: connections that a loop holds, and threads that serve them.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { scalar } from "../accounting/counters.ts";
import { startServer, until, type Wanted } from "../cases/loopback-server.ts";
import { connectTo } from "../cases/raw-client.ts";
import { connectOverRudp } from "../cases/rudp-client.ts";
import { DEFAULT_LIMITS } from "../http/limits.ts";
import type { Structure } from "./structure.ts";
import { STRUCTURES } from "./table.ts";

/** A fault may hang. */
const LIMIT = { timeout: 60_000 };
const CLIENTS = 40;
const HOUR = 3_600_000;

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-staged-"));
});
after(() => rm(root, { recursive: true }));

describe("staged", { skip: process.platform !== "linux" && "it is there on Linux only" }, () => {
  for (const [transport, connect] of [
    ["tcp", connectTo],
    ["rudp", connectOverRudp],
  ] as const)
    it(
      `over ${transport} drops idle clients that do not close, however many, when the grace is over`,
      LIMIT,
      async () => {
        await using server = await start({ transport, workers: 2 });
        await using clients = new AsyncDisposableStack();
        for (let index = 0; index < CLIENTS; index++) clients.use(await connect(server.port));
        await until(() => scalar(server.threads, "openConnections") === CLIENTS);
        const began = performance.now();
        await server.close(0);
        // Threads look at the grace every 100 ms, and are killed a second after it.
        assert.ok(performance.now() - began < 2_000);
        assert.equal(scalar(server.threads, "openConnections"), 0);
      },
    );

  it("drops what is in its queue when the last thread crashes while it drains", LIMIT, async () => {
    // No setting can be this: comparing with it throws, at the first request with content.
    const limits = { ...DEFAULT_LIMITS, contentBytes: { toString: null } as unknown as number };
    const { staged } = STRUCTURES;
    const fragile: Structure = { start: (config, counters) => staged.start({ ...config, limits }, counters) };
    await using server = await startServer(fragile, root, { workers: 1 });
    await using striking = await connectTo(server.port);
    const head = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n";
    striking.send(head);
    await until(() => scalar(server.threads, "receivedBytes") === head.length);
    await using clients = new AsyncDisposableStack();
    for (let index = 0; index < CLIENTS; index++) clients.use(await connectTo(server.port));
    await until(() => scalar(server.threads, "openConnections") === CLIENTS + 1);
    const closed = server.close(HOUR);
    striking.send("\r\n.");
    await closed;
    assert.equal(scalar(server.threads, "openConnections"), 0);
  });

  it("lets its loop sleep while a refused client that is gone waits for a thread", async () => {
    await using server = await start({ workers: 1, connections: 1 });
    await using slow = await connectTo(server.port);
    slow.send("GET / HT");
    await until(() => scalar(server.threads, "receivedBytes") > 0);
    await using refused = await connectTo(server.port);
    await until(() => scalar(server.threads, "refusedConnections") === 1);
    refused.socket.resetAndDestroy();
    const before = performance.eventLoopUtilization();
    await delay(500);
    const { utilization } = performance.eventLoopUtilization(before);
    // A loop that wakes in vain is never idle; this one sweeps ten times a second.
    assert.ok(utilization < 0.5, `busy for ${utilization} of the time`);
  });
});

function start(wanted: Wanted) {
  return startServer(STRUCTURES.staged, root, wanted);
}
