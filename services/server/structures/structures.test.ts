// One suite over real sockets for every structure in the table. cases/ covers the protocol; this
// covers what sockets and time add. echo.test.ts repeats the parts that apply to the other
// protocol.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ownPort } from "../../../lib/sockets/own-port.ts";
import { durations, scalar, timings } from "../accounting/counters.ts";
import { everyStructure, needs, type Server, startServer, until, type Wanted } from "../cases/loopback-server.ts";
import { connectTo, exchange } from "../cases/raw-client.ts";
import { siteFiles, writeSite } from "../sample-site/sample-site.ts";
import type { Structure } from "./structure.ts";
import { STRUCTURES } from "./table.ts";

/** Connections that bad clients hold at a time. */
const HELD = 3;

const files = siteFiles(7);
let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-server-"));
  await writeSite(root, 7);
});
after(() => rm(root, { recursive: true }));

for (const [name, structure] of everyStructure())
  describe(name, () => {
    describe("with time enough", () => {
      const server = sharedServer(structure, { workers: HELD + 1 });
      describe("keeps count", () => keepsCount(server));
      describe("answers", () => answers(server));
      describe("suffers bad clients", () => suffersBadClients(structure, server));
    });
    describe("keeps time", () => keepsTime(structure));
    describe("starts and stops", () => startsAndStops(structure));
  });

function answers(server: () => Server): void {
  it("a file comes whole, whether it fits the cache or not", async () => {
    for (const path of ["files/1KiB", "files/100KiB", "files/1MiB", "files/10MiB"]) {
      const answer = await exchange(server().port, `GET /${path} HTTP/1.0\r\n\r\n`);
      assert.ok(contentOf(answer).equals(files.get(path) as Buffer), path);
    }
  });

  it("pipelined requests are answered in order, the last one closes", async () => {
    const paths = ["files/1KiB", "files/1MiB", "files/10KiB", "index.html", "files/1KiB"];
    const input = paths.map((path, index) => get(path, index === paths.length - 1 ? "Connection: close\r\n" : ""));
    let answer = await exchange(server().port, input.join(""));
    for (const path of paths) {
      const content = files.get(path) as Buffer;
      assert.ok(contentOf(answer).subarray(0, content.length).equals(content), path);
      answer = contentOf(answer).subarray(content.length);
    }
    assert.equal(answer.length, 0);
  });

  it("a thousand requests in one write are all answered", async () => {
    const input = get("files/1KiB").repeat(999) + get("files/1KiB", "Connection: close\r\n");
    const answer = await exchange(server().port, input);
    assert.equal(answer.toString("latin1").match(/HTTP\/1\.1 200 OK\r\n/g)?.length, 1_000);
  });

  it("a client that closes its half first gets its answers", async () => {
    await using client = await connectTo(server().port);
    client.send(get("files/10KiB") + get("files/1MiB"));
    client.end();
    const answer = await client.closed;
    assert.ok(answer.subarray(-1_048_576).equals(files.get("files/1MiB") as Buffer));
  });

  it("an answer says where its time went, from memory and from the file", async () => {
    for (const path of ["files/1KiB", "files/1KiB", "files/1MiB"]) {
      const answer = await exchange(server().port, `GET /${path} HTTP/1.0\r\n\r\n`);
      assert.match(answer.toString("latin1", 0, 500), /\r\nServer-Timing: parse;dur=[\d.]+, resolve;dur=[\d.]+/);
    }
  });
}

function suffersBadClients(structure: Structure, server: () => Server): void {
  it("a refused client that goes on sending still reads why: the server drains before it closes", async () => {
    await using client = await connectTo(server().port);
    client.send(`nonsense\r\n\r\n${"x".repeat(200_000)}`);
    assert.match((await client.closed).toString("latin1"), /^HTTP\/1\.1 400 /);
    client.send("x".repeat(200_000));
    client.end();
    await once(client.socket, "close");
    assert.equal(client.socket.errored, null);
  });

  it("a client that resets in the middle of a large answer harms nobody", async () => {
    await using client = await connectTo(server().port);
    client.send(get("files/10MiB"));
    await client.until("\r\n\r\n");
    client.socket.resetAndDestroy();
    const answer = await exchange(server().port, "GET /files/1KiB HTTP/1.0\r\n\r\n");
    assert.ok(contentOf(answer).equals(files.get("files/1KiB") as Buffer));
  });

  it("clients that read or send nothing hold nobody back", needs(structure, HELD + 1), async () => {
    await using slowReader = await connectTo(server().port);
    slowReader.socket.pause();
    slowReader.send(get("files/10MiB"));
    await using slowHead = await connectTo(server().port);
    slowHead.send("GET / HT");
    await using slowContent = await connectTo(server().port);
    slowContent.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    // Event loops share connections by chance, so all have some only of many. Of workers that are
    // slots one is left.
    const others = structure.slots === undefined ? 20 : 5;
    for (let index = 0; index < others; index++) {
      const answer = await exchange(server().port, "GET /files/10KiB HTTP/1.0\r\n\r\n");
      assert.equal(contentOf(answer).length, 10_240);
    }
  });
}

function keepsTime(structure: Structure): void {
  const idle = { minimumMillis: 400, maximumMillis: 400, capacity: 100 };
  const timeouts = { idle, headMillis: 100, contentMillis: 100, writeMillis: 100 };
  const server = sharedServer(structure, { timeouts, workers: 1 });

  it("an idle connection closes after the idle time-out, without a word", async () => {
    const before = scalar(server().threads, "timeouts");
    await using client = await connectTo(server().port);
    const began = performance.now();
    client.send(get("files/1KiB"));
    assert.match((await client.closed).toString("latin1"), /^HTTP\/1\.1 200 /);
    assert.ok(performance.now() - began >= 400);
    assert.equal(scalar(server().threads, "timeouts"), before + 1);
  });

  it("a head or content that takes too long is answered with 408", async () => {
    const head = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (const input of [head, `${head}Content-Length: 9\r\n\r\nabc`]) {
      const answer = (await exchange(server().port, input)).toString("latin1");
      assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      assert.match(answer, /\r\nConnection: close\r\n/);
    }
  });

  it("a head is not kept alive by sending it slowly", async () => {
    await using client = await connectTo(server().port);
    using _dripping = setInterval(() => client.send("X"), 10);
    client.send("GET / HTTP/1.1\r\n");
    const answer = await client.closed;
    assert.match(answer.toString("latin1"), /^HTTP\/1\.1 408 /);
  });

  it("a client that takes nothing for too long is dropped", async () => {
    const before = scalar(server().threads, "timeouts");
    await using client = await connectTo(server().port);
    client.socket.pause();
    client.send(get("files/10MiB").repeat(4));
    await until(() => scalar(server().threads, "timeouts") > before);
    client.socket.resume();
    const received = await client.closed.catch(() => Buffer.alloc(0));
    assert.ok(received.length < 4 * 10_485_760);
  });
}

/** The first requests of the server. */
function keepsCount(server: () => Server): void {
  it("what is counted is what was done", async () => {
    await exchange(server().port, get("files/1KiB") + get("files/10KiB", "Connection: close\r\n"));
    const { threads } = server();
    assert.equal(scalar(threads, "acceptedConnections"), 1);
    const counts = [1, 2].map((size) => durations(threads, size).count);
    assert.deepEqual(counts, [1, 1]);
    const heads = scalar(threads, "sentBytes") - 1_024 - 10_240;
    assert.ok(heads > 400 && heads < 800, `${heads} bytes of heads`);
  });

  it("closing takes as long as it takes, however long the connection was silent before", async () => {
    const [SILENT_MILLIS, CLIENTS] = [30, 5];
    const { threads, port } = server();
    const before = timings(threads, "close", 0);
    for (let index = 0; index < CLIENTS; index++) {
      await using client = await connectTo(port);
      client.send(get("files/1KiB"));
      await client.until("\r\n\r\n");
      await new Promise((resolve) => setTimeout(resolve, SILENT_MILLIS));
      client.end();
      await client.closed;
    }
    await until(() => timings(threads, "close", 0).count >= before.count + CLIENTS);
    const spentMillis = 1000 * (timings(threads, "close", 0).sumSeconds - before.sumSeconds);
    // With the silence it would be all of it at least; without it, a busy machine takes a part.
    assert.ok(spentMillis < (CLIENTS * SILENT_MILLIS * 2) / 3, `${spentMillis} ms`);
  });
}

function startsAndStops(structure: Structure): void {
  it(
    "a draining server finishes what is under way, closes what is idle, and takes nothing new",
    needs(structure, 2),
    async () => {
      await using server = await start(structure, { port: await ownPort() });
      const { port, threads, close } = server;
      await using idle = await connectTo(port);
      idle.send(get("files/1KiB"));
      await idle.until("\r\n\r\n");
      await using busy = await connectTo(port);
      busy.send("GET /files/1MiB HTTP/1.1\r\nHost: a\r\n");
      await until(() => scalar(threads, "receivedBytes") > get("files/1KiB").length + 20);
      const done = close(2_000);
      await idle.closed;
      idle.end();
      busy.send("\r\n");
      const answer = await busy.closed;
      busy.end();
      assert.match(answer.toString("latin1", 0, 400), /\r\nConnection: close\r\n/);
      assert.equal(contentOf(answer).length, 1_048_576);
      await done;
      await assert.rejects(connectTo(port), { code: "ECONNREFUSED" });
    },
  );

  it("a client that never finishes is dropped when the grace is over", async () => {
    await using server = await start(structure, { workers: 1 });
    const { port, threads, close } = server;
    await using client = await connectTo(port);
    client.send("GET / HT");
    await until(() => scalar(threads, "receivedBytes") > 0);
    await close(50);
    await client.closed.catch(() => {});
  });

  it("a server of HTTP/1.0 says so, and every answer is the last of its connection", async () => {
    await using old = await start(structure, { version: "1.0", workers: 1 });
    const answer = await exchange(old.port, get("files/1KiB") + get("files/1KiB"));
    assert.match(answer.toString("latin1"), /^HTTP\/1\.0 200 OK\r\n/);
    assert.ok(contentOf(answer).equals(files.get("files/1KiB") as Buffer), "one answer and no more");
  });

  it("a port that is taken is an error", async () => {
    await using taken = await start(STRUCTURES.event);
    await assert.rejects(start(structure, { port: taken.port }), /EADDRINUSE/);
  });
}

/** A server that the tests of a suite share. */
function sharedServer(structure: Structure, wanted: Wanted): () => Server {
  let server: Server;
  before(async () => {
    server = await start(structure, wanted);
  });
  after(() => server.close(100));
  return () => server;
}

function start(structure: Structure, wanted: Wanted = {}): Promise<Server> {
  return startServer(structure, root, wanted);
}

function get(path: string, fields = ""): string {
  return `GET /${path} HTTP/1.1\r\nHost: test\r\n${fields}\r\n`;
}

function contentOf(answer: Buffer): Buffer {
  return answer.subarray(answer.indexOf("\r\n\r\n") + 4);
}
