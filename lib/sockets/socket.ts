// Sockets of a stream as an event loop needs them. TCP's are of two kinds: net.ts, Node's own, on
// every system, and epoll.ts, direct system calls of Linux, which costs less CPU per request and
// can send from a file without copying (docs/server-speed.md has numbers). Any stream of Node that
// knows its addresses can be one too, as net.ts has it.

import type { Piece, Writes } from "./piece.ts";

/** The two ends of a connection. Each address is a system call, made when it is read. */
export interface Peer {
  /** The other end's address; empty if that end is gone and its address was never read. */
  readonly remoteAddress: string;
  /** Our end's address. */
  readonly localAddress: string;
  /** Reads the other end's address now, so that it remains known when that end is gone. */
  rememberRemoteAddress(): void;
}

export interface StreamSocket extends Peer {
  /** Output waits for the peer or the disk; `free` is called when none does any more. */
  readonly busy: boolean;
  /** Output, or the end of our half, has not gone to the kernel yet: the peer reads slowly. */
  readonly unsent: boolean;
  readonly destroyed: boolean;
  /** No more is read until `resume`. */
  readonly paused: boolean;
  pause(): void;
  resume(): void;
  /**
   * Sends the pieces after pending ones, now or when everything ready has been read, and closes the
   * files in them.
   */
  send(pieces: readonly Piece[]): void;
  /** Closes our half once all is sent; the whole socket when the peer has closed its half. */
  end(): void;
  /** Closes at once; unsent output is lost. */
  destroy(): void;
}

/** The owner of a socket, called for its events. */
export interface SocketUser {
  /** The first `length` octets of `octets`, whose memory is reused after the call. */
  received(octets: Buffer, length: number): void;
  /** The peer has closed its half. */
  ended(): void;
  /** The kernel has taken the last output, `bytes` in total, without waiting for the peer. */
  taken(bytes: number): void;
  /** No output waits any more. */
  free(): void;
  /** The socket is gone. The last call. */
  closed(): void;
}

/** Called for events of all sockets of a listener, for example to count them. */
export interface SocketObserver {
  /** The kernel has taken this many octets. */
  sent(bytes: number): void;
  /** A peer took nothing for `writeMillis` and was dropped. */
  timedOut(): void;
  /** A connection broke: the peer reset it, or the network failed. */
  broken(): void;
}

export interface ListenOptions {
  address: string;
  /** 0: the kernel chooses. */
  port: number;
  /** Connections that the kernel completes on its own while the loop is busy. */
  backlog: number;
  reusePort: boolean;
  /**
   * TCP_NODELAY of its connections. Without it Nagle's algorithm holds a small segment back until
   * the one before is acknowledged (RFC 9293 section 3.7.4).
   */
  nodelay: boolean;
  writes: Writes;
  /** Drops a peer that takes nothing for this long while output waits. */
  writeMillis: number;
  observer: SocketObserver;
  connected(socket: StreamSocket): SocketUser;
  /**
   * No descriptor is left for a connection: closes some unused ones; returns whether there were
   * any.
   */
  makeRoom(): boolean;
  /** No descriptor was left for a connection, so it was closed unanswered. */
  shed(): void;
}

export interface Listener {
  port: number;
  /** Accepts no more; resolves when the last connection is gone. */
  close(): Promise<void>;
}

/** Resolves when it listens. Rejects, with the kernel's error code in the message, if it cannot. */
export type Listen = (options: ListenOptions) => Promise<Listener>;
