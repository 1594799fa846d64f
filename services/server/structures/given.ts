// A pool of threads that are given their connections by the event loop, over RUDP: one thread of
// the protocol has all connections, and whoever of the pool is free gets the next, as from the one
// queue of a listening socket that all share (pool.ts).

import { countOperation } from "../accounting/counters.ts";
import { startAcceptor, type Taken } from "../transport/acceptor.ts";
import { PoolState } from "./pool-state.ts";
import type { NewCounters, RunningStructure, StructureConfig } from "./structure.ts";
import { supervise, type ThreadWorker, type WorkerKind, withShares, workersOf } from "./supervise.ts";
import { FREE, SLICE_MILLIS } from "./worker-start.ts";

/** `threads` makes the kind of as many workers, and calls with their messages. */
export async function startGiven(
  config: StructureConfig,
  newCounters: NewCounters,
  threads: (workers: number, received: (worker: number, message: unknown) => void) => WorkerKind<ThreadWorker>,
): Promise<RunningStructure> {
  const workers = workersOf(config);
  const accepting = newCounters();
  /** Those that serve no connection, the longest idle first. */
  const free = new Set<number>();
  const kind = threads(workers, (worker, message) => {
    if (message !== FREE) return;
    free.add(worker);
    acceptor.resume();
  });
  const state = new PoolState(kind.memory, workers);
  state.begin(newCounters);
  const take = ({ number, handle, waitedMillis }: Taken): void => {
    const [worker] = free as unknown as [number];
    free.delete(worker);
    countOperation(accepting, "wait", 0, waitedMillis);
    supervision.running.get(worker)?.post(handle);
    state.give(worker, number);
  };
  const taker = { mayTake: () => free.size > 0, take, outOfDescriptors() {} };
  const acceptor = await startAcceptor({ ...config, connections: workers, handsOver: "memory" }, SLICE_MILLIS, taker);
  const start: typeof kind.start = (start) => {
    const started = kind.start(start);
    started.exited.then(() => free.delete(start.worker));
    return started;
  };
  const common = { config: withShares(config, workers), workers, task: "accept" } as const;
  const supervision = supervise(common, state, { ...kind, start }, { left: acceptor.leftBehind });
  const close = async (graceMillis: number): Promise<void> => {
    const untilMillis = performance.now() + graceMillis;
    acceptor.close();
    await supervision.end(graceMillis);
    await acceptor.end(untilMillis);
  };
  await supervision.started.catch(async (error) => {
    await close(0);
    throw error;
  });
  const idleMillis = () => state.idleMillis(common.config.timeouts.idle);
  return { port: acceptor.port, close, idleMillis, queued: acceptor.queued };
}
