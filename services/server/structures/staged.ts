// Two stages with a queue between them: an event loop holds the connections, and hands those that
// have something to read to a pool of threads, which serve them with blocking calls until they are
// idle (half-sync/half-async, Schmidt and Cranor 1996; SEDA in its simplest form, Welsh 2001). So
// an idle client holds a descriptor and no thread.

import { closeDescriptor } from "../../../lib/sockets/blocking-socket.ts";
import { ENDED, ONCE, type Pollable, Poller, READABLE } from "../../../lib/sockets/poller.ts";
import { Clock } from "../accounting/clock.ts";
import { add, countOperation, set } from "../accounting/counters.ts";
import { startAcceptor, type Taken } from "../transport/acceptor.ts";
import type { Job } from "./blocking-worker.ts";
import { idleTimeoutMillis } from "./idle-timeout.ts";
import { JobQueue } from "./job-queue.ts";
import { PoolState } from "./pool-state.ts";
import { startThread, type ThreadStart } from "./prethread.ts";
import type { Structure } from "./structure.ts";
import { supervise, type WorkerKind, withShares, workersOf } from "./supervise.ts";
import { epochMillis, SLICE_MILLIS } from "./worker-start.ts";

export interface StagedStart extends ThreadStart {
  queue: SharedArrayBuffer;
  capacity: number;
}

/** A turn is over. */
export interface TurnReport {
  descriptor: number;
  goesOn: boolean;
}

/** A job in the queue: the connection's descriptor and its kind in one number. */
export const JOBS = ["serve", "close", "refuse"] as const satisfies readonly Job[];

/** A connection that the loop holds, or that a thread has its turn with. */
interface Held extends Pollable {
  idleSinceMillis: number;
  isIdle: boolean;
}

const PROGRAM = new URL("./staged-thread.ts", import.meta.url);

export const staged: Structure = {
  usesSystemCalls: true,
  async start(config, newCounters) {
    const { connections: limit, timeouts } = config;
    const workers = workersOf(config);
    const counters = newCounters();
    const clock = new Clock();
    const connections = new Map<number, Held>();
    const poller = new Poller();
    // A connection is in the queue once at most. Those that are refused come on top.
    const capacity = 2 * limit;
    const memory = new SharedArrayBuffer(PoolState.bytes(workers));
    const queueMemory = new SharedArrayBuffer(JobQueue.bytes(capacity));
    const queue = new JobQueue(queueMemory, capacity);
    let draining = false;
    let emptied: (() => void) | undefined;

    const hand = (descriptor: number, job: Job) =>
      queue.put(descriptor * JOBS.length + JOBS.indexOf(job), epochMillis()) || drop(descriptor);
    const take = ({ descriptor }: Taken): void => {
      clock.lap();
      const held: Held = { idleSinceMillis: clock.last, isIdle: true, ready: () => ready(descriptor, held) };
      connections.set(descriptor, held);
      add(counters, "openConnections", 1);
      add(counters, "acceptedConnections", 1);
      poller.watch(descriptor, 0, held);
      if (connections.size <= limit) holdIdle(descriptor, held);
      else {
        held.isIdle = false;
        add(counters, "refusedConnections", 1);
        hand(descriptor, "refuse");
      }
    };
    const holdIdle = (descriptor: number, held: Held): void => {
      held.isIdle = true;
      held.idleSinceMillis = clock.last;
      poller.change(descriptor, READABLE | ENDED | ONCE);
    };
    const ready = (descriptor: number, held: Held): void => {
      if (!held.isIdle) return;
      held.isIdle = false;
      clock.lap();
      countOperation(counters, "idle", 0, clock.last - held.idleSinceMillis);
      hand(descriptor, "serve");
    };
    const drop = (descriptor: number): void => {
      if (!connections.delete(descriptor)) return;
      poller.forget(descriptor);
      closeDescriptor(descriptor);
      add(counters, "openConnections", -1);
      if (connections.size === 0) emptied?.();
    };
    const turnOver = (message: unknown): void => {
      if (typeof message !== "object") return;
      const { descriptor, goesOn } = message as TurnReport;
      const held = connections.get(descriptor);
      if (held === undefined) return;
      clock.lap();
      if (!goesOn) drop(descriptor);
      else if (draining) hand(descriptor, "close");
      else holdIdle(descriptor, held);
    };
    const closeIdle = (idleMillis: number): void => {
      for (const [descriptor, held] of connections) {
        if (!held.isIdle || clock.last - held.idleSinceMillis <= idleMillis) continue;
        held.isIdle = false;
        if (idleMillis >= 0) add(counters, "timeouts", 1);
        hand(descriptor, "close");
      }
    };
    const sweep = (): void => {
      clock.synchronize();
      clock.lap();
      const idleMillis = idleTimeoutMillis(connections.size, timeouts.idle);
      set(counters, "idleTimeoutMillis", idleMillis);
      closeIdle(idleMillis);
    };

    const state = new PoolState(memory, workers);
    state.begin(newCounters);
    const taker = { mayTake: () => true, take, outOfDescriptors: () => add(counters, "acceptErrors", 1) };
    const options = { ...config, handsOver: "descriptor" } as const;
    const acceptor = await startAcceptor(options, SLICE_MILLIS, taker).catch((error) => {
      poller.close();
      throw error;
    });
    const kind: WorkerKind = {
      memory,
      // A connection left behind is dropped, and closed, by `drop`.
      sharesDescriptors: false,
      areProcesses: false,
      start: (start) =>
        startThread(PROGRAM, { ...start, memory, queue: queueMemory, capacity } as StagedStart, turnOver),
      close() {},
    };
    const common = { config: withShares(config, workers), workers, task: "accept" } as const;
    const supervision = supervise(common, state, kind, { left: drop });
    await supervision.started;
    const sweeping = setInterval(sweep, SLICE_MILLIS);

    return {
      port: acceptor.port,
      queued: acceptor.queued,
      async close(graceMillis) {
        const untilMillis = performance.now() + graceMillis;
        draining = true;
        clearInterval(sweeping);
        acceptor.close();
        clock.lap();
        closeIdle(-1);
        const ended = supervision.end(graceMillis);
        if (connections.size > 0) {
          await new Promise<void>((resolve) => {
            emptied = resolve;
          });
        }
        queue.close();
        await ended;
        await acceptor.end(untilMillis);
        poller.close();
      },
    };
  },
};
