// What an event loop needs of TCP sockets. Two kinds give it: net.ts, Node's own, on every system,
// and epoll.ts, the system calls of Linux called directly, which costs less CPU per request and can
// send from a file without copying (docs/server-speed.md says how much).

import type { Piece } from "./piece.ts";

/** The two ends of a connection. Each address is a system call, made when it is read. */
export interface Peer {
  /** The other end's address; empty when that end is gone and its address was never asked for. */
  readonly remoteAddress: string;
  /** Our end's address. */
  readonly localAddress: string;
  /** Asks for the other end's address now, so that it is still known when that end is gone. */
  rememberRemoteAddress(): void;
}

export interface TcpSocket extends Peer {
  /** Something sent waits for the peer or the disk; `free` is called when nothing does any more. */
  readonly busy: boolean;
  /**
   * Something sent, or the end of our half, has not gone to the kernel yet: the peer reads slowly.
   */
  readonly unsent: boolean;
  readonly destroyed: boolean;
  /** No more is read until `resume`. */
  readonly paused: boolean;
  pause(): void;
  resume(): void;
  /**
   * Sends the pieces after those that wait already, now or when all that is ready has been read,
   * and closes the files in them.
   */
  send(pieces: readonly Piece[]): void;
  /** Closes our half, once all is sent; the whole socket when the peer has closed its half. */
  end(): void;
  /** Closes at once; what was not sent is lost. */
  destroy(): void;
}

/** The owner of a socket, called when something happens on it. */
export interface SocketUser {
  /** The first `length` octets of `octets`, whose memory is used again after the call. */
  received(octets: Buffer, length: number): void;
  /** The peer has closed its half. */
  ended(): void;
  /** The kernel has taken what was last sent, `bytes` in all, without waiting for the peer. */
  taken(bytes: number): void;
  /** Nothing that was sent waits any more. */
  free(): void;
  /** The socket is gone. The last call. */
  closed(): void;
}

/** Called for what happens on any of a listener's sockets; whoever listens may count it. */
export interface SocketObserver {
  /** The kernel has taken so many octets. */
  sent(bytes: number): void;
  /** A peer took nothing for `writeMillis` and was dropped. */
  timedOut(): void;
  /** A connection broke: the peer reset it, or the network failed. */
  broken(): void;
}

export interface ListenOptions {
  address: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** Connections that the kernel completes on its own while the loop is busy. */
  backlog: number;
  reusePort: boolean;
  /** A peer that takes nothing for that long while something waits for it is dropped. */
  writeMillis: number;
  observer: SocketObserver;
  connected(socket: TcpSocket): SocketUser;
  /**
   * No descriptor is left for a connection: closes some that nobody uses, and returns whether there
   * were any.
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

/**
 * Resolves when it listens; rejects, with the kernel's error code in the message, when it cannot.
 */
export type Listen = (options: ListenOptions) => Promise<Listener>;
