// Workers that block, over RUDP. A thread is given its connections by the event loop, for all of
// them come from one thread of the protocol. A process has a thread of the protocol of its own, on
// a socket that its parent holds, because nothing sleeps on memory that processes share.

import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Counters } from "../accounting/counters.ts";
import { countOperation } from "../accounting/counters.ts";
import { BlockingRudp } from "../transport/blocking-rudp.ts";
import { openRudpPort, type RudpHandle, type RudpSocket, socketAt } from "../transport/rudp-port.ts";
import { BlockingServer, type Shared } from "./blocking-worker.ts";
import { OVER, type PoolState, SERVING } from "./pool-state.ts";
import { epochMillis, FREE, SLICE_MILLIS, type WorkerStart } from "./worker-start.ts";

/** The number of every connection of a process. */
const OWN = -2;

/** The life of a thread. */
export async function workInThread(start: WorkerStart, state: PoolState, parent: MessagePort): Promise<void> {
  const { worker, task, handle } = start;
  const server = newServer(start, state);
  const serve = (given: RudpHandle): void => {
    try {
      server.serve(socketAt(given));
    } finally {
      state.gave(worker);
    }
  };
  if (task === "serve") serve(handle as RudpHandle);
  else {
    parent.postMessage(FREE);
    while (state.given(worker, SLICE_MILLIS) || state.stage === SERVING) {
      const given = receiveMessageOnPort(parent);
      if (given !== undefined) {
        serve(given.message);
        parent.postMessage(FREE);
      }
      server.lookAround();
    }
  }
  server.close();
}

/** The life of a process. */
export async function workInProcess(start: WorkerStart, state: PoolState): Promise<void> {
  const { config, worker, descriptor } = start;
  const server = newServer(start, state);
  const { endpoint, listener } = await openRudpPort({ ...config, connections: 1, descriptor });
  const open = new Set<Promise<unknown>>();
  while (state.stage === SERVING) {
    const socket = listener.acceptWithin(SLICE_MILLIS);
    if (socket !== undefined) {
      state.took(worker, OWN);
      try {
        server.serve(socket);
      } finally {
        state.gave(worker);
      }
      const over: Promise<unknown> = socket.over().then(() => open.delete(over));
      open.add(over);
    }
    await turn();
    server.lookAround();
  }
  listener.close();
  while (open.size > 0 && state.stage !== OVER) await Promise.race([...open, wait(SLICE_MILLIS)]);
  await endpoint.closeAsync();
  server.close();
}

function newServer({ config, worker, askedMillis }: WorkerStart, state: PoolState): BlockingServer<RudpSocket> {
  const counters = state.counters[worker] as Counters;
  const { writeMillis } = config.timeouts;
  const open = (socket: RudpSocket, { observer }: Shared) =>
    new BlockingRudp(socket, config.address, observer, { sliceMillis: SLICE_MILLIS, writeMillis });
  const server = new BlockingServer(config, counters, state, open);
  countOperation(counters, "spawn", 0, epochMillis() - askedMillis);
  return server;
}
