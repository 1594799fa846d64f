// An operation is the same in every structure: the same script has the same counts in all of them,
// as docs/server.md has it.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type OperationName, SIZE_CLASSES, scalar, timings } from "../accounting/counters.ts";
import { everyStructure, everyStructureOfRudp, type Server, startServer, until } from "../cases/loopback-server.ts";
import { type Connect, connectTo, exchange } from "../cases/raw-client.ts";
import { connectOverRudp } from "../cases/rudp-client.ts";
import type { Structure } from "./structure.ts";

const GET = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n";
/** More than any buffer between the two ends holds. */
const LARGE_BYTES = 33_554_432;
/** More than the first write of a large answer. */
const BEGUN_BYTES = 131_072;
const PAUSE_MILLIS = 250;
const CACHE = { bytes: 2 * LARGE_BYTES, fileBytes: LARGE_BYTES, revalidateMillis: 3_600_000 };

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-operations-"));
  await writeFile(join(root, "small"), "small");
  await writeFile(join(root, "large"), Buffer.alloc(LARGE_BYTES, "large"));
});
after(() => rm(root, { recursive: true }));

for (const [name, structure] of everyStructure()) describe(name, () => counts(structure, connectTo));
for (const [name, structure] of everyStructureOfRudp()) describe(name, () => counts(structure, connectOverRudp));

function counts(structure: Structure, connect: Connect): void {
  it("a client that waits, asks twice and goes: two writes, and idle from the first answer to the next request", async () => {
    await using server = await start(structure);
    await using client = await connect(server.port);
    await delay(PAUSE_MILLIS);
    client.send(GET);
    await client.until("small");
    const answered = performance.now();
    await delay(PAUSE_MILLIS);
    const asked = performance.now();
    client.send(GET);
    while ((await client.until("small")).split("small").length < 3) await delay(1);
    await delay(PAUSE_MILLIS);
    client.end();
    await client.closed;
    await until(() => scalar(server.threads, "openConnections") === 0);
    const idle = timings(server.threads, "idle", 0);
    assert.equal(idle.count, 1);
    // Neither of the other pauses is in it; what a message takes on a busy machine may be.
    assert.ok(Math.abs(1000 * idle.sumSeconds - (asked - answered)) < 0.8 * PAUSE_MILLIS, `${idle.sumSeconds} s`);
    assert.equal(countOf(server, "write"), 2);
  });

  it("clients of one request each, or of none, are never idle", async () => {
    await using server = await start(structure);
    for (let index = 0; index < 2; index++) await exchange(server.port, GET.replace("1.1", "1.0"), connect);
    await using silent = await connect(server.port);
    await until(() => scalar(server.threads, "acceptedConnections") === 3);
    silent.end();
    await silent.closed;
    await until(() => scalar(server.threads, "openConnections") === 0);
    assert.deepEqual([countOf(server, "idle"), countOf(server, "write")], [0, 2]);
  });

  it("an answer that waited for its client is no write, whether it arrived or not", async () => {
    await using server = await start(structure);
    for (const isTaken of [true, false]) {
      await using client = await connect(server.port);
      client.socket.on("error", () => {});
      client.socket.pause();
      client.send(GET.replace("small", "large").replace("1.1", "1.0"));
      // A call that waits has then come back after a slice, because it found no room.
      const begunBytes = scalar(server.threads, "sentBytes") + BEGUN_BYTES;
      await until(() => scalar(server.threads, "sentBytes") > begunBytes);
      if (isTaken) {
        client.socket.resume();
        assert.ok((await client.closed).length > LARGE_BYTES);
        client.end();
      } else client.socket.destroy();
      await until(() => scalar(server.threads, "openConnections") === 0);
    }
    assert.equal(countOf(server, "write"), 0);
  });
}

function start(structure: Structure): Promise<Server> {
  const HOUR = 3_600_000;
  const idle = { minimumMillis: HOUR, maximumMillis: HOUR, capacity: 100 };
  return startServer(structure, root, { workers: 1, cache: CACHE, timeouts: { idle, writeMillis: HOUR } });
}

function countOf({ threads }: Server, operation: OperationName): number {
  return SIZE_CLASSES.reduce((count, _, size) => count + timings(threads, operation, size).count, 0);
}
