// A worker for each connection: a thread (thread.ts) or a process (fork.ts), started when the
// connection comes, `workers` of them at most. The kernel queues what comes while there are so
// many.

import { log } from "../../../lib/contract/serving/log.ts";
import { closeDescriptor } from "../../../lib/sockets/blocking-socket.ts";
import { add, countOperation } from "../accounting/counters.ts";
import { startAcceptor, type Taken } from "../transport/acceptor.ts";
import { PoolState } from "./pool-state.ts";
import type { NewCounters, RunningStructure, StructureConfig } from "./structure.ts";
import {
  endWorkers,
  leave,
  type PoolWorker,
  processesOf,
  type WorkerKind,
  withShares,
  workersOf,
} from "./supervise.ts";
import { epochMillis, SLICE_MILLIS } from "./worker-start.ts";

export async function startPerConnection(
  config: StructureConfig,
  newCounters: NewCounters,
  newKind: (workers: number) => WorkerKind,
): Promise<RunningStructure> {
  const workers = workersOf(config);
  const shared = withShares(config, workers);
  const free = Array.from({ length: workers }, (_, worker) => worker);
  const running = new Map<number, PoolWorker>();
  const accepting = newCounters();
  let ended: (() => void) | undefined;

  const take = ({ number, descriptor, handle, waitedMillis }: Taken): void => {
    const worker = free.pop() as number;
    const askedMillis = epochMillis();
    countOperation(accepting, "wait", 0, waitedMillis);
    state.took(worker, number);
    const started = kind.start({ config: shared, worker, workers, task: "serve", descriptor, handle, askedMillis });
    if (!kind.sharesDescriptors && descriptor >= 0) closeDescriptor(descriptor);
    running.set(worker, started);
    const wasReady = started.ready.then(
      () => true,
      () => false,
    );
    started.exited.then(async (failure) => exited(worker, failure, await wasReady));
  };
  // The connection of a worker that could not be started is closed without an answer.
  const exited = (worker: number, failure: string | null, wasReady: boolean): void => {
    running.delete(worker);
    acceptor.leftBehind(leave(state, kind, worker));
    if (failure !== null) {
      add(accepting, wasReady ? "replacedWorkers" : "acceptErrors", 1);
      log("worker-failed", { worker, failure });
    }
    free.push(worker);
    acceptor.resume();
    if (running.size === 0) ended?.();
  };
  const kind = newKind(workers);
  const state = new PoolState(kind.memory, workers);
  state.begin(newCounters);
  const taker = {
    mayTake: () => free.length > 0,
    take,
    outOfDescriptors: () => add(accepting, "acceptErrors", 1),
  };
  const handsOver = kind.areProcesses ? "descriptor" : "memory";
  const options = { ...config, connections: workers, handsOver } as const;
  const acceptor = await startAcceptor(options, SLICE_MILLIS, taker).catch((error) => {
    kind.close();
    throw error;
  });

  return {
    port: acceptor.port,
    idleMillis: () => state.idleMillis(shared.timeouts.idle),
    queued: acceptor.queued,
    processes: processesOf(kind, running),
    async close(graceMillis) {
      const untilMillis = performance.now() + graceMillis;
      acceptor.close();
      await endWorkers(state, graceMillis, running, (done) => {
        ended = done;
      });
      await acceptor.end(untilMillis);
      kind.close();
    },
  };
}
