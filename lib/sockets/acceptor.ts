// Takes connections on the event loop, for others to serve with calls that wait. While it is
// paused, connections wait in the kernel's queue.

import {
  acceptBlocking,
  type BlockingListener,
  closeDescriptor,
  listenBlocking,
  OUT_OF_DESCRIPTORS,
  OUT_OF_DESCRIPTORS_MILLIS,
} from "./blocking-socket.ts";
import { type Pollable, Poller, READABLE } from "./poller.ts";
import type { ListenOptions } from "./socket.ts";

export interface Acceptor {
  listener: BlockingListener;
  /** Takes connections again, if `mayTake` said no before. */
  resume(): void;
  close(): void;
}

export interface Taker {
  mayTake(): boolean;
  /** A connection, whose waits take a slice at most. */
  take(descriptor: number): void;
  /** No descriptor was left for a connection, which stays in the queue. */
  outOfDescriptors(): void;
}

export function startAcceptor(
  options: Pick<ListenOptions, "address" | "port" | "backlog" | "nodelay">,
  sliceMillis: number,
  taker: Taker,
): Acceptor {
  const listener = listenBlocking(options, sliceMillis, { mayWait: false });
  const { descriptor } = listener;
  const poller = new Poller();
  let isOpen = true;
  let isPaused = false;
  const pause = () => {
    isPaused = true;
    poller.change(descriptor, 0);
  };
  const resume = () => {
    if (!isOpen || !isPaused) return;
    isPaused = false;
    poller.change(descriptor, READABLE);
  };
  const ready = () => {
    while (isOpen && taker.mayTake()) {
      const taken = acceptBlocking(descriptor);
      if (taken >= 0) taker.take(taken);
      else {
        if (taken !== OUT_OF_DESCRIPTORS) return;
        taker.outOfDescriptors();
        pause();
        setTimeout(resume, OUT_OF_DESCRIPTORS_MILLIS);
        return;
      }
    }
    if (isOpen) pause();
  };
  poller.watch(descriptor, READABLE, { ready } satisfies Pollable);
  return {
    listener,
    resume,
    close() {
      isOpen = false;
      poller.close();
      closeDescriptor(descriptor);
    },
  };
}
