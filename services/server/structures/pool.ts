// A pool of workers that block: threads (prethread.ts) or processes (prefork.ts) that wait on one
// listening socket. The kernel queues what comes while all are busy.

import {
  closeDescriptor,
  listenBlocking,
  queuedConnections,
  stopListening,
} from "../../../lib/sockets/blocking-socket.ts";
import { PoolState } from "./pool-state.ts";
import type { NewCounters, RunningStructure, StructureConfig } from "./structure.ts";
import { processesOf, supervise, type WorkerKind, withShares, workersOf } from "./supervise.ts";
import { SLICE_MILLIS } from "./worker-start.ts";

/** Starts `workers` workers; resolves when all of them take connections. */
export async function startPool(
  config: StructureConfig,
  newCounters: NewCounters,
  newKind: (workers: number) => WorkerKind,
): Promise<RunningStructure> {
  const workers = workersOf(config);
  const listener = listenBlocking(config, SLICE_MILLIS, { mayWait: true });
  const kind = newKind(workers);
  const state = new PoolState(kind.memory, workers);
  state.begin(newCounters);
  const common = {
    config: withShares(config, workers),
    workers,
    task: "accept",
    descriptor: listener.descriptor,
  } as const;
  const supervision = supervise(common, state, kind);
  const close = async (graceMillis: number): Promise<void> => {
    stopListening(listener);
    await supervision.end(graceMillis);
    closeDescriptor(listener.descriptor);
    kind.close();
  };
  await supervision.started.catch(async (error) => {
    await close(0);
    throw error;
  });
  const processes = processesOf(kind, supervision.running);
  return { port: listener.port, close, queued: () => queuedConnections(listener), processes };
}
