// A pool of processes, each of which blocks (Stevens, UNP vol. 1, section 30.6: preforked, each
// child calling accept). They inherit the listening socket, and share counters and stage by mapping
// the same memory.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { closeDescriptor } from "../../../lib/sockets/blocking-socket.ts";
import { createSharedMemory, mapSharedMemory } from "../../../lib/sockets/shared-memory.ts";
import { sharePort } from "../../../lib/sockets/shared-port.ts";
import { type PoolListener, startPool } from "./pool.ts";
import { PoolState } from "./pool-state.ts";
import type { Structure, StructureConfig } from "./structure.ts";
import { type PoolWorker, type WorkerKind, workersOf } from "./supervise.ts";
import type { WorkerStart } from "./worker-start.ts";

/** Descriptors of a child, after its standard ones. */
export const CHILD = { ready: 3, taken: 4, memory: 5 } as const;

export interface ProcessStart extends WorkerStart {
  parent: number;
}

const PROGRAM = fileURLToPath(new URL("./pool-process.ts", import.meta.url));

export const prefork: Structure = {
  start: (config, newCounters) =>
    startPool(config, newCounters, processes, config.transport === "tcp" ? undefined : listenerEach(config)),
  // Of RUDP's connections, the kernel may choose one worker for all.
  slots: (config) => (config.transport === "tcp" ? workersOf(config) : 1),
  usesSystemCalls: true,
};

export function processes(workers: number): WorkerKind {
  const bytes = PoolState.bytes(workers);
  const descriptor = createSharedMemory(bytes);
  return {
    memory: mapSharedMemory(descriptor, bytes),
    sharesDescriptors: false,
    areProcesses: true,
    start: (start) => startProcess(start, descriptor),
    close: () => closeDescriptor(descriptor),
  };
}

/**
 * A socket of RUDP for each worker, on the same port. The parent holds them, so that the kernel
 * goes on to choose as before when a worker is replaced, and when some have ended and others have
 * not.
 */
function listenerEach(config: StructureConfig): PoolListener {
  const { port, descriptors, close } = sharePort(config.address, config.port, workersOf(config));
  return { port, descriptorOf: (worker) => descriptors[worker] as number, stop() {}, close };
}

function startProcess(start: WorkerStart, memory: number): PoolWorker {
  const data: ProcessStart = { ...start, parent: process.pid };
  const stdio = ["ignore", "inherit", "inherit", "pipe", start.descriptor, memory] as const;
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(data)], { stdio: [...stdio] });
  const ready = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<string | null>();
  ready.promise.catch(() => {});
  const end = (failure: string | null) => {
    ready.reject(new Error(`starting a process: ${failure}`));
    exited.resolve(failure);
  };
  child
    .once("error", ({ message }) => end(message))
    .once("exit", (code, signal) => end(signal ?? (code === 0 ? null : `exit status ${code}`)));
  // Where there was no descriptor for them, the child has no streams, and an error follows.
  const streams = child.stdio as typeof child.stdio | undefined;
  streams?.[CHILD.ready]?.once("data", () => ready.resolve());
  return { ready: ready.promise, exited: exited.promise, kill: () => void child.kill("SIGKILL"), pid: child.pid };
}
