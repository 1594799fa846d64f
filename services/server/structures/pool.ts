// A pool of workers that block: threads (prethread.ts) or processes (prefork.ts) that wait on one
// listening socket. The kernel queues what comes while all are busy.

import { closeDescriptor, listenBlocking, stopListening } from "../../../lib/sockets/blocking-socket.ts";
import { queuedConnections } from "../../../lib/sockets/tcp-info.ts";
import { PoolState } from "./pool-state.ts";
import type { NewCounters, RunningStructure, StructureConfig } from "./structure.ts";
import { processesOf, supervise, type WorkerKind, withShares, workersOf } from "./supervise.ts";
import { SLICE_MILLIS } from "./worker-start.ts";

/** A pool's workers take their connections from it. */
export interface PoolListener {
  port: number;
  descriptorOf(worker: number): number;
  /** Connections that wait. */
  queued?: () => number;
  /** Takes no more. */
  stop(): void;
  /** All workers have ended. */
  close(): void;
}

/** Starts `workers` workers; resolves when all of them take connections. */
export async function startPool(
  config: StructureConfig,
  newCounters: NewCounters,
  newKind: (workers: number) => WorkerKind,
  listener: PoolListener = sharedListener(config),
): Promise<RunningStructure> {
  const workers = workersOf(config);
  const kind = newKind(workers);
  const state = new PoolState(kind.memory, workers);
  state.begin(newCounters);
  const common = {
    config: withShares(config, workers),
    workers,
    task: "accept",
  } as const;
  const supervision = supervise(common, state, kind, { descriptorOf: listener.descriptorOf });
  const close = async (graceMillis: number): Promise<void> => {
    listener.stop();
    await supervision.end(graceMillis);
    listener.close();
    kind.close();
  };
  await supervision.started.catch(async (error) => {
    await close(0);
    throw error;
  });
  const processes = processesOf(kind, supervision.running);
  const idleMillis = () => state.idleMillis(common.config.timeouts.idle);
  return { port: listener.port, close, idleMillis, queued: listener.queued, processes };
}

/** A listening socket that threads and processes share. */
function sharedListener(config: StructureConfig): PoolListener {
  const listener = listenBlocking(config, SLICE_MILLIS, { mayWait: true });
  return {
    port: listener.port,
    descriptorOf: () => listener.descriptor,
    queued: () => queuedConnections(listener.descriptor),
    stop: () => stopListening(listener),
    close: () => closeDescriptor(listener.descriptor),
  };
}
