// Connections by Linux system calls: connect, read, write, shutdown and close. poller.ts finds the
// ready ones, and epoll-alarm.ts has the alarms.

import { Buffer } from "node:buffer";
import { getSystemErrorName } from "node:util";
import type { Destination, Dialled, Dialler, DialUser, Message } from "./dial.ts";
import { EpollAlarm } from "./epoll-alarm.ts";
import * as libc from "./libc.ts";
import { BROKEN, CHANGES, type Deferred, ENDED, type Pollable, Poller, READABLE, WRITABLE } from "./poller.ts";
import { familyOf, pack } from "./sockaddr.ts";

const BUFFER_BYTES = 65_536;
const WHAT_COMES = CHANGES | READABLE | ENDED;
const ROOM_TOO = WHAT_COMES | WRITABLE;
const input = libc.allocate(BUFFER_BYTES);
/** Messages that are to leave in one write are copied together here. */
const output = libc.allocate(BUFFER_BYTES);
const one = libc.allocate(4);
one.bytes.writeUInt32LE(1);

export function openDialler(): Dialler {
  const poller = new Poller();
  const alarms: EpollAlarm[] = [];
  let latest: Packed | null = null;
  const packedOf = (to: Destination): Packed => {
    if (latest?.to !== to) latest = packedDestination(to);
    return latest;
  };
  return {
    now: () => performance.now(),
    connect: (to, user) => new EpollDialled(poller, user, packedOf(to)),
    message: messageOf,
    alarm(ring) {
      const alarm = new EpollAlarm(poller, ring);
      alarms.push(alarm);
      return alarm;
    },
    spunMillis: () => poller.spunMillis,
    close() {
      for (const alarm of alarms) alarm.close();
      poller.close();
    },
  };
}

/** A destination as the kernel reads it. */
interface Packed {
  to: Destination;
  family: number;
  remote: Message;
  /** The address to send from; the kernel chooses the port. */
  local: Message | null;
}

function packedDestination(to: Destination): Packed {
  const structure = (address: string, port: number) => messageOf(pack({ address, port }));
  return {
    to,
    family: familyOf(to.address),
    remote: structure(to.address, to.port),
    local: to.localAddress === null ? null : structure(to.localAddress, 0),
  };
}

function messageOf(bytes: Buffer): Message {
  return { bytes, pointer: libc.pointerTo(bytes) };
}

/** A socket that is connecting. Throws with the kernel's code. */
function openSocket({ family, remote, local }: Packed): number {
  const type = libc.SOCK_STREAM | libc.NONBLOCK | libc.CLOEXEC;
  const descriptor = libc.checked("socket", libc.socket(family, type, 0));
  try {
    if (local !== null) {
      // The kernel then chooses the port when it connects, where it may reuse one of another
      // destination.
      libc.setsockopt(descriptor, libc.IPPROTO_IP, libc.IP_BIND_ADDRESS_NO_PORT, one.pointer, 4);
      libc.checked("bind", libc.bind(descriptor, local.pointer, local.bytes.length));
    }
    const result = libc.connect(descriptor, remote.pointer, remote.bytes.length);
    if (result < 0 && !libc.isInProgress()) libc.checked("connect", result);
    return descriptor;
  } catch (error) {
    libc.close(descriptor);
    throw error;
  }
}

class EpollDialled implements Dialled, Deferred, Pollable {
  #descriptor = -1;
  #poller: Poller;
  #user: DialUser;
  #isConnected = false;
  #isDestroyed = false;
  /** While `received` or the work of `together` runs, its messages are gathered. */
  #isGathering = false;
  #gathered: Message | null = null;
  #copied = 0;
  /** Octets that the kernel has not taken yet. */
  #unsent: Message[] = [];
  #isEnding = false;
  #writes = 0;
  /** The events that the poller reports; 0: it does not watch the socket yet. */
  #watched = 0;

  constructor(poller: Poller, user: DialUser, packed: Packed) {
    this.#poller = poller;
    this.#user = user;
    try {
      this.#descriptor = openSocket(packed);
    } catch (error) {
      const { code = "EIO" } = error as NodeJS.ErrnoException;
      process.nextTick(() => this.#break(code));
      return;
    }
    poller.defer(this);
  }

  /**
   * Runs after the batch of events in which the connection was opened. On a short path the
   * handshake is over by then, and the first octets leave without an event.
   */
  flush(): void {
    if (this.#unsent.length > 0 && !this.#isDestroyed) this.#sendEarly();
    if (this.#isDestroyed) return;
    this.#watched = this.#isConnected && this.#unsent.length === 0 ? WHAT_COMES : ROOM_TOO;
    this.#poller.watch(this.#descriptor, this.#watched, this);
  }

  send(message: Message): void {
    if (this.#isDestroyed) return;
    if (!this.#isConnected || this.#unsent.length > 0) this.#unsent.push(message);
    else if (!this.#isGathering) this.#write(message.bytes, message.pointer, message.bytes.length);
    else if (this.#gathered === null && this.#copied === 0) this.#gathered = message;
    else this.#copy(message);
  }

  together(work: () => void): void {
    const isWithin = this.#isGathering;
    this.#isGathering = true;
    try {
      work();
    } finally {
      this.#isGathering = isWithin;
    }
    if (!isWithin) this.#flush();
  }

  end(): void {
    if (this.#isDestroyed) return;
    this.#flush();
    this.#isEnding = true;
    if (this.#isConnected && this.#unsent.length === 0) libc.shutdown(this.#descriptor, libc.SHUT_WR);
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    if (this.#descriptor < 0) return;
    this.#poller.forget(this.#descriptor);
    libc.close(this.#descriptor);
  }

  ready(events: number): void {
    if (this.#isDestroyed) return;
    if (!this.#isConnected) {
      if (!this.#connected(events)) return;
    } else if (this.#unsent.length > 0 && (events & WRITABLE) !== 0) this.#sendRest();
    if ((events & (READABLE | ENDED | BROKEN)) !== 0) this.#read(events);
  }

  #connected(events: number): boolean {
    if ((events & BROKEN) !== 0) {
      const number = libc.pendingError(this.#descriptor);
      if (number !== 0) {
        this.#break(getSystemErrorName(-number));
        return false;
      }
    }
    if ((events & WRITABLE) === 0) return false;
    this.#isConnected = true;
    this.#join();
    this.#user.connected(performance.now());
    if (!this.#isDestroyed) this.#sendRest();
    return !this.#isDestroyed;
  }

  #sendEarly(): void {
    this.#join();
    const { bytes, pointer } = this.#unsent[0] as Message;
    const atMillis = performance.now();
    const taken = libc.write(this.#descriptor, pointer, bytes.length);
    if (taken < 0) {
      if (!libc.shouldTryLater()) this.#break(getSystemErrorName(-libc.errno()));
      return;
    }
    this.#writes = 1;
    this.#isConnected = true;
    if (taken < bytes.length) this.#unsent[0] = messageOf(bytes.subarray(taken));
    else this.#unsent.pop();
    this.#user.connected(atMillis);
    if (!this.#isDestroyed) this.#sendRest();
  }

  /** Makes what waits for the handshake one message. */
  #join(): void {
    if (this.#unsent.length > 1) this.#unsent = [messageOf(Buffer.concat(this.#unsent.map(({ bytes }) => bytes)))];
  }

  #read(events: number): void {
    while (!this.#isDestroyed) {
      const length = libc.read(this.#descriptor, input.pointer, BUFFER_BYTES);
      if (length < 0) {
        if (!libc.shouldTryLater()) this.#break(getSystemErrorName(-libc.errno()));
        return;
      }
      if (length === 0) {
        this.#user.ended();
        return;
      }
      this.#isGathering = true;
      this.#user.received(input.bytes, length);
      this.#isGathering = false;
      this.#flush();
      if (length === BUFFER_BYTES || (events & BROKEN) !== 0) continue;
      // A short read has taken everything, also what came before a reported end (epoll(7)).
      if ((events & ENDED) !== 0 && !this.#isDestroyed) this.#user.ended();
      return;
    }
  }

  #copy(message: Message): void {
    const { bytes } = message;
    const first = this.#gathered;
    this.#gathered = null;
    if (first !== null) this.#copy(first);
    if (bytes.length > BUFFER_BYTES - this.#copied) this.#flush();
    if (bytes.length > BUFFER_BYTES || this.#unsent.length > 0) this.#unsent.push(message);
    else {
      output.bytes.set(bytes, this.#copied);
      this.#copied += bytes.length;
    }
  }

  #flush(): void {
    const first = this.#gathered;
    const length = this.#copied;
    this.#gathered = null;
    this.#copied = 0;
    if (this.#isDestroyed) return;
    if (first !== null) this.#write(first.bytes, first.pointer, first.bytes.length);
    else if (length > 0) this.#write(output.bytes, output.pointer, length);
    if (this.#isConnected && this.#unsent.length > 0) this.#sendRest();
  }

  #write(bytes: Buffer, pointer: bigint, length: number): void {
    const taken = this.#put(pointer, length);
    // Octets that the kernel does not take now are kept; the poller reports a broken connection.
    if (taken < length) {
      this.#unsent.push(messageOf(Buffer.from(bytes.subarray(Math.max(taken, 0), length))));
      this.#awaitRoom();
    }
  }

  #sendRest(): void {
    while (this.#unsent.length > 0) {
      const { bytes, pointer } = this.#unsent[0] as Message;
      const taken = this.#put(pointer, bytes.length);
      if (taken < 0) {
        this.#awaitRoom();
        return;
      }
      if (taken < bytes.length) this.#unsent[0] = messageOf(bytes.subarray(taken));
      else this.#unsent.shift();
    }
    if (this.#isEnding) libc.shutdown(this.#descriptor, libc.SHUT_WR);
  }

  #awaitRoom(): void {
    if (this.#watched !== WHAT_COMES) return;
    this.#watched = ROOM_TOO;
    this.#poller.change(this.#descriptor, ROOM_TOO);
  }

  /**
   * Nagle's algorithm (RFC 9293 section 3.7.4) holds back nothing of a connection's first write, so
   * it is switched off with the second: a connection of one request has a system call less.
   */
  #put(pointer: bigint, length: number): number {
    this.#writes += 1;
    if (this.#writes === 2) libc.setsockopt(this.#descriptor, libc.IPPROTO_TCP, libc.TCP_NODELAY, one.pointer, 4);
    return libc.write(this.#descriptor, pointer, length);
  }

  #break(code: string): void {
    if (this.#isDestroyed) return;
    this.destroy();
    this.#user.broken(code);
  }
}
