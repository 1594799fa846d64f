// How output reaches the network on each kind of sockets: pieces together or one by one, with
// Nagle's algorithm or without. The kernel counts the segments.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { describe, it } from "node:test";
import { loadSockets, type SocketKind, usableSockets } from "./kinds.ts";
import type { Writes } from "./piece.ts";
import type { ListenOptions } from "./socket.ts";
import { nodelayOf, segmentsReceived } from "./tcp-state.ts";

type Sending = Pick<ListenOptions, "nodelay" | "writes">;

/** Sends the pieces to each client and closes its half. */
interface Sender {
  port: number;
  /** Called when a client has connected. */
  accept(): void;
  close(): Promise<void>;
}
type StartSender = (sending: Sending, pieces: readonly Buffer[]) => Promise<Sender>;

const WRITE_MILLIS = 5_000;
const UNOBSERVED = { sent() {}, timedOut() {}, broken() {} };
const PIECES = ["head", "content", "more"].map((text) => Buffer.from(text));
const SEGMENTS: Record<Writes, number> = { whole: 1, parts: PIECES.length };
/** The second waits for room in the kernel's buffers, and the third behind it. */
const LARGE = [Buffer.alloc(100, "a"), Buffer.alloc(12_000_000, "0123456789"), Buffer.alloc(100, "b")];

describe("output", { skip: process.platform !== "linux" && "the counts are there on Linux only" }, () => {
  for (const kind of usableSockets())
    describe(`on ${kind}`, () => {
      const start: StartSender = (sending, pieces) => startOn(kind, sending, pieces);
      sends(start);
      it("in parts that must wait for room arrives whole and in order", async () => {
        const { octets } = await receive(start, { nodelay: true, writes: "parts" }, LARGE);
        assert.ok(octets.equals(Buffer.concat(LARGE)));
      });
    });
  describe("with calls that wait", () => sends(startBlocking));
});

function sends(start: StartSender): void {
  for (const [writes, segments] of Object.entries(SEGMENTS) as [Writes, number][])
    it(`in ${writes} puts three small pieces into ${segments === 1 ? "one segment" : `${segments} segments`}`, async () => {
      const received = await receive(start, { nodelay: true, writes }, PIECES);
      assert.deepEqual(received, { octets: Buffer.concat(PIECES), segments, nodelay: true });
    });

  it("has Nagle's algorithm where that is left on", async () => {
    const { octets, nodelay } = await receive(start, { nodelay: false, writes: "whole" }, PIECES);
    assert.deepEqual([octets, nodelay], [Buffer.concat(PIECES), false]);
  });
}

/** The octets that a client receives, in how many segments, and the sender's TCP_NODELAY. */
async function receive(start: StartSender, sending: Sending, pieces: readonly Buffer[]) {
  const sender = await start(sending, pieces);
  const socket = connect({ port: sender.port, host: "127.0.0.1", allowHalfOpen: true });
  try {
    await once(socket, "connect");
    const chunks: Buffer[] = [];
    const ended = once(
      socket.on("data", (chunk: Buffer) => chunks.push(chunk)),
      "end",
    );
    sender.accept();
    await ended;
    const { port } = socket.address() as AddressInfo;
    const nodelay = await nodelayOf(sender.port, port);
    return { octets: Buffer.concat(chunks), segments: await segmentsReceived(socket), nodelay };
  } finally {
    socket.destroy();
    await sender.close();
  }
}

async function startOn(kind: SocketKind, sending: Sending, pieces: readonly Buffer[]): Promise<Sender> {
  const listen = await loadSockets(kind);
  const listener = await listen({
    ...sending,
    address: "127.0.0.1",
    port: 0,
    backlog: 16,
    reusePort: false,
    writeMillis: WRITE_MILLIS,
    observer: UNOBSERVED,
    makeRoom: () => false,
    shed() {},
    connected(socket) {
      setImmediate(() => {
        socket.send(pieces);
        socket.end();
      });
      return { received() {}, ended() {}, taken() {}, free() {}, closed() {} };
    },
  });
  return { port: listener.port, accept() {}, close: () => listener.close() };
}

async function startBlocking({ nodelay, writes }: Sending, pieces: readonly Buffer[]): Promise<Sender> {
  const { acceptBlocking, BlockingSocket, closeDescriptor, listenBlocking } = await import("./blocking-socket.ts");
  const { MemoryFiles } = await import("./memory-files.ts");
  const options = { address: "127.0.0.1", port: 0, backlog: 16, nodelay };
  const { port, descriptor } = listenBlocking(options, WRITE_MILLIS, { mayWait: true });
  const memoryFiles = new MemoryFiles();
  let socket: InstanceType<typeof BlockingSocket> | undefined;
  return {
    port,
    accept() {
      socket = new BlockingSocket(acceptBlocking(descriptor), UNOBSERVED, memoryFiles, writes);
      socket.send(pieces, WRITE_MILLIS, () => false);
      socket.end();
    },
    async close() {
      socket?.close();
      memoryFiles.close();
      closeDescriptor(descriptor);
    },
  };
}
