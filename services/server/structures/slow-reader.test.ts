// A client that reads slowly, but all the time, gets everything: what counts is what it takes, and
// not the moment at which the kernel has room for more.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { scalar } from "../accounting/counters.ts";
import { everyStructure, startServer } from "../cases/loopback-server.ts";
import { connectTo } from "../cases/raw-client.ts";
import type { Structure } from "./structure.ts";

/** Several times what the kernel holds of it. */
const SIZE = 24_000_000;
const WRITE_MILLIS = 700;
/** A client reads up to 64 KiB at a time: what the kernel waits for takes it more than a second. */
const PAUSE_MILLIS = 60;
/** Then it reads on as fast as it can. */
const SLOWLY_MILLIS = 3 * WRITE_MILLIS;

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-slow-reader-"));
  await writeFile(join(root, "large"), Buffer.alloc(SIZE, "x"));
});
after(() => rm(root, { recursive: true }));

describe("a client that takes octets all the time, however slowly, gets the whole file", () => {
  for (const [name, structure] of everyStructure()) it(name, () => readsSlowly(structure));
});

async function readsSlowly(structure: Structure): Promise<void> {
  await using server = await startServer(structure, root, { workers: 1, timeouts: { writeMillis: WRITE_MILLIS } });
  await using client = await connectTo(server.port);
  client.socket.pause();
  client.send("GET /large HTTP/1.0\r\n\r\n");
  for (const began = performance.now(); performance.now() - began < SLOWLY_MILLIS; ) {
    client.socket.read();
    await delay(PAUSE_MILLIS);
  }
  client.socket.resume();
  const { length } = await client.closed;
  assert.ok(length > SIZE, `${length} bytes came`);
  assert.equal(scalar(server.threads, "timeouts"), 0);
}
