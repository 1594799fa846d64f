// What an event loop needs of sockets. Two kinds give it: net.ts, Node's own, on every system, and epoll.ts, the system calls of Linux
// called directly, which costs less CPU per request and can send from a file without copying (docs/server-speed.md says how much).

import type { Client } from "../access/asked.ts";
import type { Counters } from "../counters.ts";
import type { Piece } from "../http/message.ts";

/** A connection's socket. As a `Client` it asks the kernel for an address only when that is read: it costs a system call. */
export interface ServerSocket extends Client {
  /** Something sent waits for the client or the disk; `free` is called when nothing does any more. */
  readonly busy: boolean;
  /** Something sent, or the end of our half, has not gone to the kernel yet: the client reads slowly. */
  readonly unsent: boolean;
  readonly destroyed: boolean;
  /** No more is read until `resume`. */
  readonly paused: boolean;
  pause(): void;
  resume(): void;
  /** Sends the pieces after those that wait already, now or when all that is ready has been read, and releases the files in them. */
  send(pieces: readonly Piece[]): void;
  /** Closes our half, once all is sent; all of it when the client has closed its own. */
  end(): void;
  /** Closes at once; what was not sent is lost. */
  destroy(): void;
}

/** Who is told of what happens on a socket. */
export interface SocketUser {
  /** The first `length` octets of `octets`, whose memory is used again after the call. */
  received(octets: Buffer, length: number): void;
  /** The client has closed its half. */
  ended(): void;
  /** The kernel has taken what was last sent, `bytes` in all, without waiting for the client. */
  taken(bytes: number): void;
  /** Nothing that was sent waits any more. */
  free(): void;
  /** The socket is gone. The last call. */
  closed(): void;
}

export interface ListenOptions {
  address: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** Connections that the kernel completes on its own while the loop is busy. */
  backlog: number;
  reusePort: boolean;
  /** A client that takes nothing for that long while something waits for it is dropped, and counted as a time-out. */
  writeMillis: number;
  /** Where bytes sent, time-outs and connections dropped by the client are counted. */
  counters: Counters;
  connected(socket: ServerSocket): SocketUser;
  /** No descriptor is left for a connection: closes some that nobody uses; whether there were any. */
  makeRoom(): boolean;
  /** No descriptor was left for a connection, so it was closed unanswered. */
  shed(): void;
}

export interface Listener {
  port: number;
  /** Accepts no more; resolves when the last connection is gone. */
  close(): Promise<void>;
}

/** Resolves when it listens; rejects, with the kernel's error code in the message, when it cannot. */
export type Listen = (options: ListenOptions) => Promise<Listener>;
