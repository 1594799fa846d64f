// Takes connections on the event loop, for threads and processes to serve with calls that wait:
// those of TCP by their descriptors, those of RUDP by memory that threads of the process share, or
// by descriptors too, of a relay, for workers that know nothing else.

import { startAcceptor as startTcp } from "../../../lib/sockets/acceptor.ts";
import { OUT_OF_DESCRIPTORS, OUT_OF_DESCRIPTORS_MILLIS } from "../../../lib/sockets/blocking-socket.ts";
import type { ListenOptions } from "../../../lib/sockets/socket.ts";
import { queuedConnections, silentMillis } from "../../../lib/sockets/tcp-info.ts";
import type { RudpHandle, RudpSocket } from "../../rudp/thread/socket.ts";
import type { RudpPortOptions } from "./rudp-port.ts";
import type { RelayTimeouts } from "./rudp-relay.ts";
import type { TransportName } from "./table.ts";

/** A connection for a worker. */
export interface Taken {
  /** Its descriptor. Of RUDP a number below any descriptor, and below -1, which is none. */
  number: number;
  /** -1: it has none, but a handle. */
  descriptor: number;
  handle?: RudpHandle;
  /** Since its last octets arrived (TCP), or since it was made (RUDP). */
  waitedMillis: number;
}

export interface Taker {
  mayTake(): boolean;
  take(taken: Taken): void;
  /** No descriptor was left for a connection, which stays in the queue. */
  outOfDescriptors(): void;
}

export interface Acceptor {
  port: number;
  /** Connections that wait to be taken. */
  queued(): number;
  /** Takes connections again, if `mayTake` said no before. */
  resume(): void;
  /** A connection of RUDP that its worker left behind is broken off. */
  leftBehind(number: number): void;
  /** Takes no more. */
  close(): void;
  /**
   * All workers have ended: what is on its way may arrive until then, as performance.now() has it.
   */
  end(untilMillis: number): Promise<void>;
}

export interface AcceptorOptions extends RudpPortOptions, Pick<ListenOptions, "nodelay"> {
  transport: TransportName;
  /** The form in which a worker has a connection of RUDP. */
  handsOver: "memory" | "descriptor";
  /** Of a relay. */
  timeouts: RelayTimeouts;
}

export async function startAcceptor(options: AcceptorOptions, sliceMillis: number, taker: Taker): Promise<Acceptor> {
  return options.transport === "rudp" ? overRudp(options, sliceMillis, taker) : overTcp(options, sliceMillis, taker);
}

function overTcp(options: AcceptorOptions, sliceMillis: number, taker: Taker): Acceptor {
  const take = (descriptor: number) =>
    taker.take({ number: descriptor, descriptor, waitedMillis: silentMillis(descriptor) });
  const { listener, resume, close } = startTcp(options, sliceMillis, { ...taker, take });
  return {
    port: listener.port,
    queued: () => queuedConnections(listener.descriptor),
    resume,
    leftBehind() {},
    close,
    async end() {},
  };
}

const FIRST_NUMBER = -2;

/**
 * All connections are taken from the protocol's thread at once, and wait here. RUDP is loaded here
 * alone, for a server of TCP does without.
 */
async function overRudp(options: AcceptorOptions, sliceMillis: number, taker: Taker): Promise<Acceptor> {
  const { acceptAll, openRudpPort } = await import("./rudp-port.ts");
  const relay = options.handsOver === "descriptor" ? (await import("./rudp-relay.ts")).relay : null;
  const { endpoint, listener } = await openRudpPort(options);
  const queue: { socket: RudpSocket; atMillis: number }[] = [];
  const open = new Map<number, { socket: RudpSocket; over: Promise<unknown> }>();
  let next = FIRST_NUMBER;
  const handOver = (socket: RudpSocket): Pick<Taken, "descriptor" | "handle"> =>
    relay === null
      ? { descriptor: -1, handle: socket.handle }
      : { descriptor: relay(socket, listener, sliceMillis, options.timeouts) };
  const resume = () => {
    while (queue.length > 0 && taker.mayTake()) {
      const { socket, atMillis } = queue[0] as (typeof queue)[number];
      const handed = handOver(socket);
      if (handed.descriptor === OUT_OF_DESCRIPTORS) {
        taker.outOfDescriptors();
        setTimeout(resume, OUT_OF_DESCRIPTORS_MILLIS);
        return;
      }
      queue.shift();
      const number = next--;
      open.set(number, { socket, over: socket.over().then(() => open.delete(number)) });
      taker.take({ number, ...handed, waitedMillis: performance.now() - atMillis });
    }
  };
  const accepted = acceptAll(listener, (socket) => {
    queue.push({ socket, atMillis: performance.now() });
    resume();
  });
  return {
    port: listener.port,
    queued: () => queue.length,
    resume,
    leftBehind: (number) => open.get(number)?.socket.abort(),
    close() {
      listener.close();
      for (const { socket } of queue.splice(0)) socket.abort();
    },
    async end(untilMillis) {
      await accepted;
      const deadline = setTimeout(
        () => {
          for (const { socket } of open.values()) socket.abort();
        },
        Math.max(0, untilMillis - performance.now()),
      );
      await Promise.all([...open.values()].map(({ over }) => over));
      clearTimeout(deadline);
      await endpoint.closeAsync();
    },
  };
}
