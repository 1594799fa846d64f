// RUDP end to end on loopback: blocking calls in threads of their own, and asynchronous calls.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { after, before, describe, it } from "node:test";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import type { RttlabError } from "../../../lib/errors.ts";
import { fillStream, firstDifference } from "../program/transfer/seeded.ts";
import type { ConnectionOptions } from "../protocol/connection/connection.ts";
import { Endpoint } from "./endpoint.ts";
import type { RudpListener } from "./listener.ts";
import type { RudpSocket } from "./socket.ts";
import { duplexOf } from "./stream.ts";

/** Closing waits for TIME-WAIT. On loopback a short one is enough. */
const BRIEF: Partial<ConnectionOptions> = { timeWaitMillis: 50 };
const HERE = "127.0.0.1";

if (isMainThread) tests();
else echoBlocking(workerData as { port: Int32Array; connections: number });

function tests(): void {
  describe("a connection", { timeout: 30_000 }, () => {
    let endpoint: Endpoint;
    let listener: RudpListener;
    before(async () => {
      endpoint = new Endpoint();
      listener = await endpoint.listenAsync({ address: HERE, connection: BRIEF });
    });
    after(() => endpoint.closeAsync());

    const pair = (options: Partial<ConnectionOptions> = {}) => {
      const connection = { ...BRIEF, ...options };
      return Promise.all([endpoint.connectAsync(`${HERE}:${listener.port}`, { connection }), listener.acceptAsync()]);
    };

    it("carries bytes both ways at once, and closes in order", async () => {
      const [client, server] = await pair();
      const talk = async (socket: RudpSocket, own: number, other: number) => {
        const [sent, received] = [sendStream(socket, own, 3_000_000), receiveStream(socket, other)];
        await sent;
        socket.end();
        assert.equal(await received, 3_000_000);
        await socket.closeAsync();
      };
      await Promise.all([talk(client, 1, 2), talk(server, 2, 1)]);
      const { acknowledgedSegments, dataBytesAcknowledged, dataBytesDelivered } = client.numbers();
      assert.deepEqual([acknowledgedSegments, dataBytesAcknowledged, dataBytesDelivered], [3001, 3e6, 3e6]);
    });

    it("stays open one way when the other has ended", async () => {
      const [client, server] = await pair();
      client.end();
      assert.equal(await server.recvAsync(10), null);
      await server.sendAsync(Buffer.from("still here"));
      server.end();
      assert.equal(String(await client.recvAsync(100)), "still here");
      await Promise.all([client.closeAsync(), server.closeAsync()]);
      await assert.rejects(client.sendAsync(Buffer.from("x")), { code: "E_RUDP_ENDED" });
    });

    it("sends what fills no segment when it is flushed, and not before", async () => {
      const [client, server] = await pair();
      await client.sendAsync(Buffer.alloc(1500, "x"));
      assert.equal((await server.recvAsync(5000))?.length, 1000);
      client.flush();
      assert.equal((await server.recvAsync(5000))?.length, 500);
      client.abort();
      server.abort();
    });

    it("stops the sender when the receiver does not read, and goes on when it does", async () => {
      const small = { receiveQueueSegments: 64 };
      const receiving = await endpoint.listenAsync({ address: HERE, connection: { ...BRIEF, ...small } });
      const [client, server] = await Promise.all([
        endpoint.connectAsync(`${HERE}:${receiving.port}`, { connection: { ...BRIEF, sendQueueSegments: 64 } }),
        receiving.acceptAsync(),
      ]);
      // More than two rings of 256 KiB and two queues of 64 segments hold.
      const bytes = 2_000_000;
      let isSent = false;
      const sending = sendStream(client, 3, bytes).then(() => {
        isSent = true;
        client.end();
      });
      while (client.numbers().peerWindowSegments > 0 || client.numbers().acknowledgedSegments < 100) {
        await new Promise(setImmediate);
      }
      assert.equal(isSent, false);
      assert.equal(await receiveStream(server, 3), bytes);
      await sending;
      await Promise.all([client.closeAsync(), server.closeAsync()]);
      receiving.close();
    });

    it("is reset for the peer when one end breaks it off", async () => {
      const [client, server] = await pair();
      client.abort();
      await assert.rejects(server.recvAsync(10), { code: "E_RUDP_RESET" });
      await assert.rejects(server.sendAsync(Buffer.alloc(10)), { code: "E_RUDP_RESET" });
      assert.equal((await client.over())?.code, "E_RUDP_ABORTED");
    });

    it("is refused at once where nobody listens, whether the kernel says so or a RUDP port", async () => {
      // Port 1: the system hands it to nobody who asks for any port, as the tests beside this do.
      await assert.rejects(endpoint.connectAsync(`${HERE}:1`), { code: "E_RUDP_REFUSED" });
      const deaf = await endpoint.listenAsync({ address: HERE });
      const [holder] = await Promise.all([endpoint.connectAsync(`${HERE}:${deaf.port}`), deaf.acceptAsync()]);
      deaf.close();
      await assert.rejects(endpoint.connectAsync(`${HERE}:${deaf.port}`), { code: "E_RUDP_REFUSED" });
      holder.abort();
    });

    it("notices a dead peer within the configured time, and says so", async () => {
      await using silent = createSocket("udp4").bind(0, HERE);
      await once(silent, "listening");
      const connection = { ...BRIEF, peerTimeoutMillis: 300 };
      const attempt = endpoint.connectAsync(`${HERE}:${silent.address().port}`, { connection });
      await assert.rejects(attempt, { code: "E_RUDP_PEER_DEAD" });
    });

    it("is one of many on a port, each with its own stream", async () => {
      const seeds = Array.from({ length: 20 }, (_, i) => i + 10);
      const serve = async () => {
        for (const _ of seeds) {
          const socket = await listener.acceptAsync();
          void echo(socket);
        }
      };
      const ask = async (seed: number) => {
        const socket = await endpoint.connectAsync(`${HERE}:${listener.port}`, { connection: BRIEF });
        void sendStream(socket, seed, 100_000).then(() => socket.end());
        assert.equal(await receiveStream(socket, seed), 100_000);
      };
      await Promise.all([serve(), ...seeds.map(ask)]);
    });

    it("takes part in a pipeline with a file at either end, and in a loop", async () => {
      const folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-"));
      const content = randomBytes(700_001);
      await writeFile(join(folder, "file"), content);
      const [client, server] = await pair();
      const hash = createHash("sha256");
      const received = (async () => {
        for await (const chunk of server) hash.update(chunk);
        server.end();
      })();
      await pipeline(createReadStream(join(folder, "file")), duplexOf(client), async (answers) => {
        for await (const _ of answers) assert.fail("nothing is sent back");
      });
      await received;
      assert.equal(hash.digest("hex"), createHash("sha256").update(content).digest("hex"));
      await rm(folder, { recursive: true });
    });

    it("traces every connection that begins while that is asked for, each in a file of its own", async () => {
      const folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-"));
      const began = Date.now();
      await endpoint.traceAsync(folder);
      const opening = endpoint.connectAsync(`${HERE}:${listener.port}`, { connection: BRIEF });
      const [client, server] = await Promise.all([opening, listener.acceptAsync()]);
      const received = receiveStream(client, 5);
      await sendStream(server, 5, 500_000);
      server.end();
      await received;
      // Until then the last acknowledgements may be on their way.
      await server.deliveredAsync();
      await endpoint.traceAsync(null);
      const names = (await readdir(folder)).sort();
      assert.equal(names.length, 2, names.join(", ")); // both ends are connections of this endpoint
      assert.ok(names.every((name) => Math.abs(Number(name.split("-")[0]) - began) < 10_000));
      const sender = names.find((name) => name.includes(`-${server.peer}-`)) ?? "";
      const rows = (await readFile(join(folder, sender), "utf8")).trimEnd().split("\n");
      assert.equal(JSON.parse(rows[0] ?? "").acknowledgedSegments, 0);
      assert.equal(JSON.parse(rows.at(-1) ?? "").acknowledgedSegments, 501); // its FIN counts as one
      await Promise.all([server.closeAsync(), client.closeAsync()]);
      await rm(folder, { recursive: true });
    });

    it("writes its course to a trace, a line an acknowledgement", async () => {
      const folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-"));
      const trace = join(folder, "trace.ndjson");
      const opening = endpoint.connectAsync(`${HERE}:${listener.port}`, { connection: BRIEF, trace });
      const [client, server] = await Promise.all([opening, listener.acceptAsync()]);
      const received = receiveStream(server, 5);
      await sendStream(client, 5, 500_000);
      client.end();
      await received;
      await Promise.all([server.closeAsync(), client.closeAsync()]);
      const rows = (await readFile(trace, "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.equal(rows.at(-1).acknowledgedSegments, 501);
      assert.ok(rows.every(({ windowSegments, rtoMillis }) => windowSegments >= 1 && rtoMillis >= 200));
      await rm(folder, { recursive: true });
    });
  });

  describe("an endpoint", { timeout: 30_000 }, () => {
    it("says that a port is taken, that an option cannot be, that a name is none", async () => {
      await using endpoint = new Endpoint();
      const { port } = await endpoint.listenAsync({ address: HERE });
      await assert.rejects(endpoint.listenAsync({ address: HERE, port }), (error: RttlabError) => {
        assert.equal(error.code, "E_RUDP_PORT");
        assert.match(error.message, /another program has the port/);
        return true;
      });
      const bad = { connection: { sendQueueSegments: 5, minimumRtoMillis: -1 } };
      await assert.rejects(endpoint.listenAsync(bad), (error: RttlabError) => error.problems.length === 2);
      await assert.rejects(endpoint.connectAsync("nowhere"), { code: "E_BAD_TARGET" });
    });

    it("breaks off what is open when it is closed", async () => {
      await using one = new Endpoint();
      await using other = new Endpoint();
      const listener = await one.listenAsync({ address: HERE });
      const [client] = await Promise.all([other.connectAsync(`${HERE}:${listener.port}`), listener.acceptAsync()]);
      await one.closeAsync();
      await assert.rejects(client.recvAsync(1), { code: "E_RUDP_RESET" });
      await other.closeAsync();
      await assert.rejects(other.connectAsync(`${HERE}:1`), { code: "E_RUDP_ENGINE" });
    });

    it("blocks threads in accept, recv, send and close without an event loop", async () => {
      const port = new Int32Array(new SharedArrayBuffer(4));
      await using server = new Worker(new URL(import.meta.url), { workerData: { port, connections: 2 } });
      const listening = Atomics.waitAsync(port, 0, 0);
      if (listening.async) await listening.value;
      using endpoint = new Endpoint();
      for (const seed of [1, 2]) {
        // From here to the close this thread does not turn its event loop.
        const socket = endpoint.connect(`${HERE}:${port[0]}`, { connection: BRIEF });
        const [data, back] = [new Uint8Array(200_000), new Uint8Array(200_000)];
        fillStream(seed, 0, data);
        for (let round = 0; round < 5; round++) {
          socket.send(data);
          socket.flush();
          for (let got = 0; got < back.length; ) {
            const bytes = socket.recv(back.length - got) ?? assert.fail("the server ended");
            back.set(bytes, got);
            got += bytes.length;
          }
          assert.deepEqual(back, data);
        }
        socket.close();
        assert.throws(() => socket.send(data), { code: "E_RUDP_ENDED" });
      }
      endpoint.close();
      await once(server, "exit");
    });
  });
}

/** A server as in a textbook: accept, receive, send, close, one connection after another. */
function echoBlocking({ port, connections }: { port: Int32Array; connections: number }): void {
  using endpoint = new Endpoint();
  const listener = endpoint.listen({ address: HERE, connection: BRIEF });
  Atomics.store(port, 0, listener.port);
  Atomics.notify(port, 0);
  for (let i = 0; i < connections; i++) {
    const socket = listener.accept();
    for (let bytes = socket.recv(5000); bytes !== null; bytes = socket.recv(5000)) {
      socket.send(bytes);
      socket.flush();
    }
    socket.close();
  }
}

async function echo(socket: RudpSocket): Promise<void> {
  for await (const bytes of socket) await socket.sendAsync(bytes);
  socket.end();
}

async function sendStream(socket: RudpSocket, seed: number, bytes: number): Promise<void> {
  const data = new Uint8Array(30_000);
  for (let sent = 0; sent < bytes; sent += data.length) {
    fillStream(seed, sent, data);
    await socket.sendAsync(data.subarray(0, bytes - sent));
  }
}

/** Reads to the end, checks every byte and returns their number. */
async function receiveStream(socket: RudpSocket, seed: number): Promise<number> {
  let received = 0;
  for await (const bytes of socket) {
    assert.equal(firstDifference(seed, received, bytes, bytes.length), -1, `within ${bytes.length} after ${received}`);
    received += bytes.length;
  }
  return received;
}
