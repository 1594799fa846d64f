// Sockets of Node's net: libuv's event loop under Node's streams.

import { once } from "node:events";
import { read as readDescriptor, readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { plainAddress } from "./address.ts";
import { type PeerTimeout, peerTimeout } from "./peer-timeout.ts";
import type { FileRange, Piece } from "./piece.ts";
import { COPIED_TOGETHER_BYTES, closeFiles, FILE_CHUNK_BYTES } from "./sending.ts";
import type { Listen, ListenOptions, SocketUser, StreamSocket } from "./socket.ts";

/**
 * Makes room when fewer descriptors are left, or closes the connection where there is none to make.
 * Without a descriptor for a connection libuv closes it or leaves it waiting, and reports nothing.
 */
const SPARE_DESCRIPTORS = 4;

export const listen: Listen = async (options) => {
  const { address: host, port, backlog, reusePort, nodelay: noDelay } = options;
  const lastDescriptor = descriptorLimit() - 1;
  const takenOf = await loadTaken();
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay }, (socket) => {
    // The kernel returns the lowest free number, so all below are in use.
    if (descriptorOf(socket) > lastDescriptor - SPARE_DESCRIPTORS && !options.makeRoom()) {
      socket.destroy();
      options.shed();
      return;
    }
    attend(socket, () => takenOf(socket), options);
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port, backlog, reusePort }, resolve);
  await promise;
  server.off("error", reject).on("error", options.shed);
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      await new Promise((done) => server.close(done));
      // Node's server is closed before the last of its sockets says that it is.
      await Promise.all([...open].map((socket) => once(socket, "close")));
    },
  };
};

/** The limit of the process's descriptors, if the system reports it. */
function descriptorLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function descriptorOf(socket: Socket): number {
  return handleOf(socket)?.fd ?? -1;
}

function handleOf(socket: Socket) {
  type Handle = { fd: number; bytesWritten: number; writeQueueSize: number };
  return (socket as Socket & { _handle?: Handle | null })._handle;
}

/**
 * The function that counts the octets that a peer has taken. Linux says what it has acknowledged.
 * Elsewhere it is what the kernel has taken, which waits for much room in its buffer: a reader who
 * takes longer than `writeMillis` to make that room is dropped, though it takes octets all the
 * time.
 */
async function loadTaken(): Promise<(socket: Socket) => number> {
  if (process.platform === "linux") {
    const { acknowledgedBytes } = await import("./tcp-info.ts");
    return (socket) => acknowledgedBytes(descriptorOf(socket));
  }
  return (socket) => {
    const { bytesWritten = 0, writeQueueSize = 0 } = handleOf(socket) ?? {};
    return bytesWritten - writeQueueSize;
  };
}

/** A stream of Node between two addresses, as its sockets are. */
export interface AddressedStream extends Duplex {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

/**
 * Gives the stream its user, and the user the events of the stream. `taken` counts what the peer
 * has taken.
 */
export function attend(socket: AddressedStream, taken: () => number, options: AttendOptions): void {
  const wrapped = new NetSocket(socket, taken, options);
  const user = options.connected(wrapped);
  wrapped.user = user;
  socket.on("data", (octets) => user.received(octets as Buffer, octets.length));
  socket.on("end", () => user.ended());
  socket.on("error", () => options.observer.broken());
  socket.on("close", () => {
    wrapped.dispose();
    user.closed();
  });
}

type AttendOptions = Pick<ListenOptions, "writes" | "writeMillis" | "observer" | "connected">;

class NetSocket implements StreamSocket {
  busy = false;
  user: SocketUser | null = null;
  #socket: AddressedStream;
  #taken: () => number;
  #options: AttendOptions;
  #queue: Piece[] = [];
  /** Octets written so far, without those of files. */
  #sent = 0;
  #writeLimit: PeerTimeout | undefined;
  #ending = false;
  #remoteAddress: string | undefined;

  constructor(socket: AddressedStream, taken: () => number, options: AttendOptions) {
    this.#socket = socket;
    this.#taken = taken;
    this.#options = options;
    // Node then writes what it has held back chunk by chunk.
    if (options.writes === "parts") Object.assign(socket, { _writev: undefined });
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= plainAddress(this.#socket.remoteAddress);
    return this.#remoteAddress;
  }

  get localAddress(): string {
    return plainAddress(this.#socket.localAddress);
  }

  rememberRemoteAddress(): void {
    this.#remoteAddress = this.remoteAddress;
  }

  get unsent(): boolean {
    const { writableLength, writableEnded, writableFinished } = this.#socket;
    return this.busy || writableLength > 0 || (writableEnded && !writableFinished);
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  get paused(): boolean {
    return this.#socket.isPaused();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#ending = true;
    if (!this.busy) this.#endNow();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  send(pieces: readonly Piece[]): void {
    const { writes } = this.#options;
    for (const piece of writes === "whole" ? copiedTogether(pieces) : pieces) this.#queue.push(piece);
    if (this.busy) return;
    const before = this.#sent;
    this.#sendQueued();
    if (!this.busy) this.user?.taken(this.#sent - before);
  }

  /** Closes the files that were not sent. */
  dispose(): void {
    this.#writeLimit?.end();
    closeFiles(this.#queue);
    this.#queue.length = 0;
  }

  #write(octets: Buffer): boolean {
    this.#sent += octets.length;
    this.#options.observer.sent(octets.length);
    return this.#socket.write(octets);
  }

  /** Successive buffers go to the kernel in one call. */
  #sendQueued(): void {
    const queue = this.#queue;
    while (!this.busy && queue.length > 0) {
      if (!Buffer.isBuffer(queue[0])) {
        this.#sendRange(queue.shift() as FileRange);
        continue;
      }
      const areMany = Buffer.isBuffer(queue[1]);
      if (areMany) this.#socket.cork();
      let taken = true;
      while (Buffer.isBuffer(queue[0])) taken = this.#write(queue.shift() as Buffer);
      if (areMany) this.#socket.uncork();
      if (!taken && this.#socket.writableNeedDrain) this.#wait();
    }
  }

  /** Until the kernel has taken what was written. */
  #wait(): void {
    this.busy = true;
    this.#limitTime();
    this.#socket.once("drain", () => this.#proceed());
  }

  #proceed(): void {
    this.busy = false;
    this.#writeLimit?.end();
    this.#sendQueued();
    if (this.busy) return;
    this.user?.free();
    if (this.#ending && !this.busy) this.#endNow();
  }

  #endNow(): void {
    if (this.#socket.writableLength > 0) {
      this.#limitTime();
      this.#socket.once("finish", () => this.#writeLimit?.end());
    }
    this.#socket.end();
  }

  /**
   * Reads and writes in chunks through one buffer, each chunk when the kernel has taken the one
   * before.
   */
  #sendRange(range: FileRange): void {
    this.busy = true;
    this.#limitTime();
    const { descriptor, end } = range;
    const buffer = Buffer.allocUnsafeSlow(Math.min(end - range.start, FILE_CHUNK_BYTES));
    const sendFrom = (start: number): void => {
      readDescriptor(descriptor, buffer, 0, Math.min(end - start, buffer.length), start, (error, bytesRead) => {
        // A file that shrank or cannot be read. Its length was promised, so all that remains is to
        // abort.
        if (error !== null || bytesRead === 0 || this.#socket.destroyed) return this.#breakOff(range);
        this.#options.observer.sent(bytesRead);
        this.#socket.write(buffer.subarray(0, bytesRead), (failure) => {
          if (failure) return this.#breakOff(range);
          if (start + bytesRead < end) return sendFrom(start + bytesRead);
          closeFiles([range]);
          this.#proceed();
        });
      });
    };
    sendFrom(range.start);
  }

  #breakOff(range: FileRange): void {
    closeFiles([range]);
    this.#socket.destroy();
  }

  #limitTime(): void {
    if (this.#socket.destroyed) return;
    this.#writeLimit ??= peerTimeout(this.#options.writeMillis, this.#taken, () => {
      this.#options.observer.timedOut();
      this.#socket.destroy();
    });
    this.#writeLimit.begin();
  }
}

function copiedTogether(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length === 1 || !pieces.every(Buffer.isBuffer)) return pieces;
  let bytes = 0;
  for (const { length } of pieces) bytes += length;
  return bytes <= COPIED_TOGETHER_BYTES ? [Buffer.concat(pieces, bytes)] : pieces;
}
