// Traces of all connections of an endpoint.

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Endpoint } from "./endpoint.ts";

const HERE = "127.0.0.1";
/** Closing the endpoint waits for TIME-WAIT. On loopback a short one is enough. */
const BRIEF = { timeWaitMillis: 1 };

describe("an endpoint", { timeout: 20_000 }, () => {
  it("traces connections that begin at once with one peer in files of their own", async () => {
    const COUNT = 40; // several of them begin in one millisecond
    const endpoint = new Endpoint();
    const listener = await endpoint.listenAsync({ address: HERE, connection: BRIEF });
    const folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-"));
    await endpoint.traceAsync(folder);
    const each = Array.from({ length: COUNT }, () => [
      endpoint.connectAsync(`${HERE}:${listener.port}`, { connection: BRIEF }),
      listener.acceptAsync(),
    ]);
    const sockets = await Promise.all(each.flat());
    await endpoint.traceAsync(null);
    assert.equal((await readdir(folder)).length, 2 * COUNT);
    for (const socket of sockets) socket.abort();
    await endpoint.closeAsync();
    await rm(folder, { recursive: true });
  });
});
