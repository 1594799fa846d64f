// TCP connections that a program opens itself, as an event loop needs them, and an alarm clock
// finer than Node's milliseconds. As with listeners there are two kinds: epoll-dial.ts, direct
// system calls of Linux, and net-dial.ts, Node's own, on every system.

import type { Buffer } from "node:buffer";

export interface Destination {
  /** An IPv4 or IPv6 address. */
  address: string;
  port: number;
  /** Address to send from; null: the kernel chooses. */
  localAddress: string | null;
}

/** Octets to send, perhaps many times, and their address if the kind of sockets needs it. */
export interface Message {
  bytes: Buffer;
  pointer: bigint;
}

export interface Dialled {
  /**
   * Sends a message after earlier ones. Those of one `received` leave together, and so do those
   * from before the handshake.
   */
  send(message: Message): void;
  /** Messages that `work` sends leave together, too. It sends on no other connection. */
  together(work: () => void): void;
  /** Closes our half once all is sent. */
  end(): void;
  /** Closes at once. No call of the user follows. */
  destroy(): void;
}

/** The owner of a connection, called for its events, but never before `connect` has returned. */
export interface DialUser {
  /** The handshake is over, at the latest since `atMillis` of the dialler's time. */
  connected(atMillis: number): void;
  /** The first `length` octets of `octets`, whose memory is reused after the call. */
  received(octets: Buffer, length: number): void;
  /** The peer has closed its half. The owner destroys the connection when it has done the same. */
  ended(): void;
  /**
   * The network, the peer or this machine broke it: the kernel's name of the error. The last call.
   */
  broken(code: string): void;
}

export interface Alarm {
  /** Rings once, at this time of the dialler or as soon after as possible. */
  set(atMillis: number): void;
  clear(): void;
}

/** Opens the connections of a thread, and has its clock. */
export interface Dialler {
  /**
   * The time that alarms go by, in milliseconds: of performance.now(), but where time is made up.
   */
  now(): number;
  connect(to: Destination, user: DialUser): Dialled;
  message(bytes: Buffer): Message;
  alarm(ring: () => void): Alarm;
  /**
   * For how many milliseconds so far the thread has only waited for an alarm, which was too near to
   * sleep until then. Its event loop counts them as busy, and its processor was.
   */
  spunMillis(): number;
  /** Call it when all connections are destroyed. */
  close(): void;
}
