// RUDP as Node streams: pipelines with a file at either end, and the outcome of broken ones.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { after, before, describe, it } from "node:test";
import { Endpoint } from "./endpoint.ts";
import type { RudpListener } from "./listener.ts";
import type { RudpSocket } from "./socket.ts";
import { duplexOf } from "./stream.ts";

/** Closing the endpoint waits for TIME-WAIT. On loopback a short one is enough. */
const BRIEF = { timeWaitMillis: 1 };

describe("a connection as a stream", { timeout: 20_000 }, () => {
  let folder = "";
  let endpoint: Endpoint;
  let listener: RudpListener;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-stream-"));
    endpoint = new Endpoint();
    listener = await endpoint.listenAsync({ address: "127.0.0.1", connection: BRIEF });
  });
  after(async () => {
    await endpoint.closeAsync();
    await rm(folder, { recursive: true });
  });
  const pair = (): Promise<[RudpSocket, RudpSocket]> =>
    Promise.all([endpoint.connectAsync(`127.0.0.1:${listener.port}`, { connection: BRIEF }), listener.acceptAsync()]);

  it("carries a file from one pipeline to another, and back", async () => {
    const content = randomBytes(1_500_003);
    await writeFile(join(folder, "there"), content);
    const [client, server] = await pair();
    const mirror = duplexOf(server);
    await Promise.all([
      pipeline(createReadStream(join(folder, "there")), duplexOf(client), createWriteStream(join(folder, "back"))),
      pipeline(mirror, mirror),
    ]);
    assert.deepEqual(await readFile(join(folder, "back")), content);
  });

  it("ends a pipeline only when the peer has all of it: what breaks off then takes nothing back", async () => {
    const [client, server] = await pair();
    await pipeline(Readable.from([randomBytes(150_000)]), duplexOf(client));
    client.abort();
    let received = 0;
    const reading = (async () => {
      for await (const chunk of server) received += chunk.length;
    })();
    await reading.catch(() => {});
    assert.equal(received, 150_000);
  });

  it("breaks off for the peer when the source of a pipeline fails", async () => {
    const [client, server] = await pair();
    const source = Readable.from(
      (function* () {
        yield randomBytes(10_000);
        throw new Error("the source failed");
      })(),
    );
    const sink = createWriteStream(join(folder, "half"));
    const [sent, received] = await Promise.allSettled([
      pipeline(source, duplexOf(client)),
      pipeline(duplexOf(server), sink),
    ]);
    assert.match(String(sent.status === "rejected" && sent.reason), /the source failed/);
    assert.match(String(received.status === "rejected" && received.reason.code), /E_RUDP_RESET/);
  });

  it("fails a pipeline whose peer breaks off", async () => {
    const [client, server] = await pair();
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(10_000));
      },
    });
    const sending = pipeline(endless, duplexOf(client));
    await server.recvAsync(1);
    server.abort();
    await assert.rejects(sending, { code: "E_RUDP_RESET" });
  });
});
