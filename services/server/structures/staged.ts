// Two stages with a queue between them: an event loop holds the connections, and hands those that
// have something to read to a pool of threads, which serve them with blocking calls until they are
// idle (half-sync/half-async, Schmidt and Cranor 1996; SEDA in its simplest form, Welsh 2001). So
// an idle client holds a descriptor and no thread.

import { closeDescriptor } from "../../../lib/sockets/blocking-socket.ts";
import { ENDED, ONCE, type Pollable, Poller, READABLE } from "../../../lib/sockets/poller.ts";
import { Clock } from "../accounting/clock.ts";
import { add } from "../accounting/counters.ts";
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
  /** It has been answered, so the next request ends what is counted as idleness. */
  isAnswered: boolean;
}

const PROGRAM = new URL("./staged-thread.ts", import.meta.url);
/** The events that end the idleness of a connection. */
const WATCHED = READABLE | ENDED | ONCE;

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
    const empty = Promise.withResolvers<void>();
    let draining = false;

    const hand = (descriptor: number, job: Job, idleMillis = Number.NaN) =>
      queue.put(descriptor * JOBS.length + JOBS.indexOf(job), epochMillis(), idleMillis) || drop(descriptor);
    const take = ({ descriptor }: Taken): void => {
      clock.lap();
      const now = { idleSinceMillis: clock.last, isIdle: true, isAnswered: false };
      const held: Held = { ...now, ready: () => ready(descriptor, held) };
      connections.set(descriptor, held);
      add(counters, "openConnections", 1);
      add(counters, "acceptedConnections", 1);
      // Nobody watches one that is refused: whatever breaks it would wake the loop until its turn.
      if (connections.size <= limit) poller.watch(descriptor, WATCHED, held);
      else {
        held.isIdle = false;
        add(counters, "refusedConnections", 1);
        hand(descriptor, "refuse");
      }
    };
    const holdIdle = (descriptor: number, held: Held): void => {
      held.isIdle = true;
      held.isAnswered = true;
      held.idleSinceMillis = clock.last;
      poller.change(descriptor, WATCHED);
    };
    const ready = (descriptor: number, held: Held): void => {
      if (!held.isIdle) return;
      held.isIdle = false;
      clock.lap();
      hand(descriptor, "serve", held.isAnswered ? clock.last - held.idleSinceMillis : undefined);
    };
    const drop = (descriptor: number): void => {
      if (!connections.delete(descriptor)) return;
      poller.forget(descriptor);
      closeDescriptor(descriptor);
      add(counters, "openConnections", -1);
      if (draining && connections.size === 0) empty.resolve();
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
    const idleMillis = () => idleTimeoutMillis(connections.size, timeouts.idle);
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
      closeIdle(idleMillis());
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
    const sweeping = setInterval(sweep, SLICE_MILLIS);
    const close = async (graceMillis: number): Promise<void> => {
      const untilMillis = performance.now() + graceMillis;
      draining = true;
      clearInterval(sweeping);
      acceptor.close();
      clock.lap();
      closeIdle(-1);
      const ended = supervision.end(graceMillis);
      if (connections.size > 0) await Promise.race([empty.promise, ended]);
      queue.close();
      await ended;
      // If the threads had to be killed, nobody takes what is still in the queue.
      for (const descriptor of connections.keys()) drop(descriptor);
      await acceptor.end(untilMillis);
      poller.close();
    };
    await supervision.started.catch(async (error) => {
      await close(0);
      throw error;
    });
    return { port: acceptor.port, close, idleMillis, queued: acceptor.queued };
  },
};
