// Each kind of socket by itself: the calls to its user, and the octets that a client gets.

import assert from "node:assert/strict";
import { once } from "node:events";
import { fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { loadSockets, type SocketKind, usableSockets } from "./kinds.ts";
import type { Listener, ListenOptions, SocketObserver, SocketUser, StreamSocket } from "./socket.ts";

const LARGE = Buffer.alloc(8_000_000, "0123456789");

const SILENT: SocketUser = { received() {}, ended() {}, taken() {}, free() {}, closed() {} };
const UNOBSERVED: SocketObserver = { sent() {}, timedOut() {}, broken() {} };

for (const kind of usableSockets()) describe(kind, () => behaves(kind));

function behaves(kind: SocketKind): void {
  for (const address of loopbacks()) {
    it(`both ends of a connection to ${address} are known`, async () => {
      const seen = Promise.withResolvers<string[]>();
      await using listener = await start(kind, { address }, (socket) => {
        seen.resolve([socket.remoteAddress, socket.localAddress]);
        socket.destroy();
      });
      await using _client = await connected(listener.port, address);
      assert.deepEqual(await seen.promise, [address, address]);
    });
  }

  it("an address that is taken, or is not ours, is an error with the kernel's code", async () => {
    await using listener = await start(kind, {}, (socket) => socket.destroy());
    await assert.rejects(
      start(kind, { port: listener.port }, () => {}),
      /EADDRINUSE/,
    );
    await assert.rejects(
      start(kind, { address: "192.0.2.1" }, () => {}),
      /EADDRNOTAVAIL/,
    );
  });

  it("octets and ranges of files arrive in order, however slowly read, and the file is closed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "rttlab-sockets-"));
    const path = join(directory, "large");
    writeFileSync(path, LARGE);
    const descriptor = openSync(path, "r");
    const free = Promise.withResolvers<void>();
    const send = (socket: StreamSocket) => {
      const middle = { descriptor, start: 1_000, end: LARGE.length - 5, closes: true };
      socket.send([Buffer.from("head"), LARGE, middle, Buffer.alloc(0), Buffer.from("tail")]);
      assert.equal(socket.busy, true);
      socket.end();
    };
    await using listener = await start(kind, {}, send, { free: free.resolve });
    await using client = await connected(listener.port);
    client.socket.pause();
    // Octets that fit into the socket's buffers are on their way; the rest waits for this client.
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.resume();
    const received = await client.all;
    const expected = Buffer.concat([Buffer.from("head"), LARGE, LARGE.subarray(1_000, -5), Buffer.from("tail")]);
    assert.ok(received.equals(expected), `${received.length} of ${expected.length} octets`);
    await free.promise;
    client.socket.destroy();
    await listener.close();
    assert.throws(() => fstatSync(descriptor), /EBADF/);
    rmSync(directory, { recursive: true });
  });

  it("octets that are sent again and again arrive as they are each time, however slowly the client reads", async () => {
    const [again, times] = [LARGE.subarray(0, 100_000), 100];
    await using listener = await start(kind, {}, async (socket) => {
      for (let time = 0; time < times; time++) {
        socket.send([again]);
        while (socket.busy && time < times / 2) await new Promise((resolve) => setImmediate(resolve));
      }
      socket.end();
    });
    await using client = await connected(listener.port);
    const received = await client.all;
    assert.equal(received.length, times * again.length);
    for (let time = 0; time < times; time++) {
      assert.ok(received.subarray(time * again.length, (time + 1) * again.length).equals(again), `${time}`);
    }
  });

  it("a file that shrank ends the connection before what was promised", async () => {
    const directory = mkdtempSync(join(tmpdir(), "rttlab-sockets-"));
    const path = join(directory, "short");
    writeFileSync(path, "short");
    const descriptor = openSync(path, "r");
    await using listener = await start(kind, {}, (socket) => {
      socket.send([{ descriptor, start: 0, end: 10, closes: true }]);
    });
    await using client = await connected(listener.port);
    assert.equal((await client.all).toString(), "short");
    await listener.close();
    rmSync(directory, { recursive: true });
  });

  it("a client that takes nothing is dropped after the limit, and counted", async () => {
    let timeouts = 0;
    const observer = { ...UNOBSERVED, timedOut: () => void timeouts++ };
    const gone = Promise.withResolvers<void>();
    const send = (socket: StreamSocket) => socket.send([LARGE, LARGE]);
    await using listener = await start(kind, { writeMillis: 50, observer }, send, { closed: gone.resolve });
    await using client = await connected(listener.port);
    client.socket.pause();
    await gone.promise;
    assert.equal(timeouts, 1);
  });

  it("what is paused is not read, and is read when resumed", async () => {
    let socket: StreamSocket | undefined;
    let received = "";
    const all = Promise.withResolvers<void>();
    const take = (octets: Buffer, length: number) => {
      received += octets.toString("latin1", 0, length);
      if (received === "onetwo") all.resolve();
      else socket?.pause();
    };
    const attend = (accepted: StreamSocket) => {
      socket = accepted;
      return { ...SILENT, received: take };
    };
    await using listener = await start(kind, { connected: attend }, () => {});
    await using client = await connected(listener.port);
    client.socket.write("one");
    while (received !== "one") await new Promise((resolve) => setImmediate(resolve));
    client.socket.write("two");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(received, "one");
    socket?.resume();
    await all.promise;
    socket?.destroy();
  });

  it("more than is read at once arrives whole, and the end that came with it after that", async () => {
    const attended = Promise.withResolvers<StreamSocket>();
    const ended = Promise.withResolvers<void>();
    let length = 0;
    const received = (_: Buffer, octets: number) => {
      length += octets;
    };
    await using listener = await start(kind, {}, attended.resolve, { received, ended: ended.resolve });
    await using client = await connected(listener.port);
    const socket = await attended.promise;
    // Sent in one turn of the event loop that both ends share, so the server finds octets and end
    // together.
    client.socket.end(LARGE.subarray(0, 200_000));
    await ended.promise;
    assert.equal(length, 200_000);
    socket.destroy();
  });

  it("a thread that ends by an error while it listens takes nobody with it", async () => {
    const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      const { loadSockets } = await import(${url("kinds.ts")});
      const listen = await loadSockets("${kind}");
      const options = { address: "127.0.0.1", port: 0, backlog: 1, reusePort: false, nodelay: true, writeMillis: 1 };
      const observer = { sent() {}, timedOut() {}, broken() {} };
      await listen({ ...options, observer, connected() {}, makeRoom: () => false, shed() {} });
      throw new Error("on purpose");`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    await assert.rejects(once(worker, "never"), /on purpose/);
    assert.equal(await exited, 1);
  });

  it("a client's reset is observed, and ends the connection", async () => {
    let broken = 0;
    const observer = { ...UNOBSERVED, broken: () => void broken++ };
    const gone = Promise.withResolvers<void>();
    await using listener = await start(kind, { observer }, () => {}, { closed: gone.resolve });
    await using client = await connected(listener.port);
    client.socket.resetAndDestroy();
    await gone.promise;
    assert.equal(broken, 1);
  });
}

/** A listener that calls `attend` for each connection, on 127.0.0.1 unless the options differ. */
async function start(
  kind: SocketKind,
  options: Partial<ListenOptions>,
  attend: (socket: StreamSocket) => unknown,
  user: Partial<SocketUser> = {},
): Promise<Listener & AsyncDisposable> {
  const listen = await loadSockets(kind);
  const listener = await listen({
    address: "127.0.0.1",
    port: 0,
    backlog: 16,
    reusePort: false,
    nodelay: true,
    writes: "whole",
    writeMillis: 5_000,
    observer: UNOBSERVED,
    makeRoom: () => false,
    shed() {},
    connected(socket) {
      setImmediate(() => attend(socket));
      return { ...SILENT, ...user };
    },
    ...options,
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= listener.close());
  return { ...listener, close, [Symbol.asyncDispose]: close };
}

interface ConnectedSocket extends AsyncDisposable {
  socket: Socket;
  /** Everything received, once the server has closed or reset. */
  all: Promise<Buffer>;
}

async function connected(port: number, host = "127.0.0.1"): Promise<ConnectedSocket> {
  const socket = connect({ port, host, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  const all = Promise.withResolvers<Buffer>();
  socket.on("data", (chunk) => chunks.push(chunk as Buffer));
  socket.on("error", () => {});
  for (const end of ["end", "close"]) socket.on(end, () => all.resolve(Buffer.concat(chunks)));
  await once(socket, "connect");
  return { socket, all: all.promise, [Symbol.asyncDispose]: async () => void socket.destroy() };
}

/** 127.0.0.1, and ::1 if the system has IPv6. */
function loopbacks(): string[] {
  const has6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
  return has6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];
}
