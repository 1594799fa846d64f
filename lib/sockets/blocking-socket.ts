// Sockets whose calls wait: the thread sleeps in accept, read, write or sendfile until the peer has
// done its part. A wait ends after a slice at the latest (SO_RCVTIMEO and SO_SNDTIMEO, which
// connections inherit from their listener), so that the caller can look at its deadlines. They need
// a thread that has nothing else to do.

import { constants } from "node:os";
import * as libc from "./libc.ts";
import { listeningSocket } from "./listening-socket.ts";
import type { MemoryFiles } from "./memory-files.ts";
import { Outgoing } from "./outgoing.ts";
import type { Piece, Writes } from "./piece.ts";
import { endpoint } from "./sockaddr.ts";
import type { ListenOptions, Peer, SocketObserver } from "./socket.ts";
import { acknowledgedBytes } from "./tcp-info.ts";

const READ_BYTES = 65_536;
const input = libc.allocate(READ_BYTES);
/** struct timeval: seconds and microseconds. */
const TIMEVAL_BYTES = 16;

/** The results of reading or accepting that bring neither octets nor a connection. */
export const SLICE_OVER = -1;
export const FAILED = -2;
/** Of accepting: no descriptor is left, and the connection stays in the kernel's queue. */
export const OUT_OF_DESCRIPTORS = -3;
/** Pause before accepting again then. */
export const OUT_OF_DESCRIPTORS_MILLIS = 10;

export interface BlockingListener {
  descriptor: number;
  port: number;
}

/**
 * A listening socket that threads and processes may share. A wait on it takes a slice at most, or
 * none if it may not wait; a wait on its connections a slice.
 */
export function listenBlocking(
  options: Pick<ListenOptions, "address" | "port" | "backlog" | "nodelay">,
  sliceMillis: number,
  { mayWait }: { mayWait: boolean },
): BlockingListener {
  const descriptor = listeningSocket({ ...options, reusePort: false }, mayWait ? 0 : libc.NONBLOCK);
  limitWaits(descriptor, sliceMillis);
  return { descriptor, port: endpoint(descriptor, "near")?.port ?? options.port };
}

/** Refuses further connections, and wakes everybody who waits for one. */
export function stopListening({ descriptor }: BlockingListener): void {
  libc.shutdown(descriptor, libc.SHUT_RD);
}

export function closeDescriptor(descriptor: number): void {
  libc.close(descriptor);
}

/** Waits for a connection. Its descriptor, SLICE_OVER, OUT_OF_DESCRIPTORS or FAILED. */
export function acceptBlocking(listener: number): number {
  const descriptor = libc.accept4(listener, libc.NULL, libc.NULL, libc.CLOEXEC);
  if (descriptor >= 0) return descriptor;
  if (libc.isOutOfDescriptors()) return OUT_OF_DESCRIPTORS;
  return libc.shouldTryLater() || libc.errno() === constants.errno.ECONNABORTED ? SLICE_OVER : FAILED;
}

/**
 * How output was sent: taken at once, as far as the calls tell, for one may have waited for less
 * than a slice; after a wait for the peer or the disk; or not.
 */
export type Sent = "at once" | "later" | "failed";

/** A connection whose calls wait for the peer, a slice at most. */
export interface BlockingConnection extends Peer {
  /** Holds what `receive` brought, until it is called again. */
  readonly input: Buffer;
  /**
   * Whether octets that were sent are on their way and need this connection. Those of TCP do not:
   * the kernel delivers them after the close.
   */
  readonly unsent: boolean;
  /** Waits for octets: their number in `input`, 0 at the peer's end, SLICE_OVER or FAILED. */
  receive(): number;
  /**
   * Sends the pieces, closes the files in them, and waits until all is taken. Gives up when the
   * peer is gone, has taken nothing for `writeMillis`, or `isOver`.
   */
  send(pieces: readonly Piece[], writeMillis: number, isOver: () => boolean): Sent;
  /** Closes our half. */
  end(): void;
  /** Forgets unsent output; the connection stays open. */
  release(): void;
  close(): void;
}

/** A connection of the kernel's, by its descriptor. */
export class BlockingSocket implements BlockingConnection {
  readonly input = input.bytes;
  readonly unsent = false;
  #descriptor: number;
  #observer: SocketObserver;
  #outgoing: Outgoing;
  #remoteAddress: string | undefined;

  constructor(descriptor: number, observer: SocketObserver, memoryFiles: MemoryFiles, writes: Writes) {
    this.#descriptor = descriptor;
    this.#observer = observer;
    this.#outgoing = new Outgoing(descriptor, observer, memoryFiles, writes);
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= endpoint(this.#descriptor, "far")?.address ?? "";
    return this.#remoteAddress;
  }

  rememberRemoteAddress(): void {
    this.#remoteAddress = this.remoteAddress;
  }

  get localAddress(): string {
    return endpoint(this.#descriptor, "near")?.address ?? "";
  }

  receive(): number {
    const length = libc.read(this.#descriptor, input.pointer, READ_BYTES);
    if (length >= 0) return length;
    if (libc.shouldTryLater()) return SLICE_OVER;
    this.#observer.broken();
    return FAILED;
  }

  send(pieces: readonly Piece[], writeMillis: number, isOver: () => boolean): Sent {
    const outgoing = this.#outgoing;
    outgoing.push(pieces);
    let sent: Sent = "at once";
    let waitBegan = 0;
    let takenBefore = -1;
    for (;;) {
      let progress = outgoing.advance();
      if (progress === "done") return sent;
      sent = "later";
      if (progress === "disk") progress = outgoing.sendFile();
      if (progress === "failed") {
        this.#observer.broken();
        return "failed";
      }
      if (progress !== "room") continue;
      if (isOver()) return "failed";
      const now = performance.now();
      // By the peer, or by the kernel: a peer's end of a pair acknowledges nothing.
      const taken = acknowledgedBytes(this.#descriptor) + outgoing.sent;
      if (taken !== takenBefore) {
        takenBefore = taken;
        waitBegan = now;
      } else if (now - waitBegan > writeMillis) {
        this.#observer.timedOut();
        return "failed";
      }
    }
  }

  end(): void {
    libc.shutdown(this.#descriptor, libc.SHUT_WR);
  }

  release(): void {
    this.#outgoing.dispose();
  }

  close(): void {
    this.release();
    libc.close(this.#descriptor);
  }
}

/** A wait in a call on the socket ends after the slice. */
export function limitWaits(descriptor: number, sliceMillis: number): void {
  const { bytes, pointer } = libc.allocate(TIMEVAL_BYTES);
  bytes.writeBigInt64LE(BigInt(Math.floor(sliceMillis / 1000)), 0);
  bytes.writeBigInt64LE(BigInt((sliceMillis % 1000) * 1000), 8);
  for (const option of [libc.SO_RCVTIMEO, libc.SO_SNDTIMEO])
    libc.checked("setsockopt", libc.setsockopt(descriptor, libc.SOL_SOCKET, option, pointer, TIMEVAL_BYTES));
}
