// The end of a connection of RUDP whose answer is still on its way. The kernel delivers what TCP
// was given after its socket is closed; RUDP needs the connection for it.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { everyStructureOfRudp, startServer } from "../cases/loopback-server.ts";
import { openOverRudp } from "../cases/rudp-client.ts";

/** More than a client holds that does not read; the server has room for the rest. */
const SIZE = 4_000_000;
/** Longer than the server waits for the close of a client that has everything. */
const PAUSE_MILLIS = 1_500;
const LINGER_MILLIS = 300;

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-slow-path-"));
  await writeFile(join(root, "large"), Buffer.alloc(SIZE, "x"));
});
after(() => rm(root, { recursive: true }));

describe("an answer that ends its connection", () => {
  for (const [name, structure] of everyStructureOfRudp())
    it(`comes whole to a client that reads late, ${name}`, async () => {
      await using server = await startServer(structure, root, { timeouts: { lingerMillis: LINGER_MILLIS } });
      const client = await openOverRudp(server.port);
      await client.sendAsync(Buffer.from("GET /large HTTP/1.0\r\n\r\n"));
      await delay(PAUSE_MILLIS);
      let length = 0;
      for await (const part of client) length += part.length;
      assert.ok(length > SIZE, `${length} bytes came`);
      await client.closeAsync();
    });
});
