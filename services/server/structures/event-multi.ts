// One event loop per core, each in a worker thread with its own listening socket on the same port
// (SO_REUSEPORT, Linux 3.9). The kernel spreads connections by a hash of their addresses, and the
// threads share nothing but the counters.

import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { duplicate, sharePort } from "../../../lib/sockets/shared-port.ts";
import { startWorker } from "../../../lib/sockets/worker.ts";
import { type Counters, scalar } from "../accounting/counters.ts";
import { idleTimeoutMillis } from "./idle-timeout.ts";
import type { Structure, StructureConfig } from "./structure.ts";

/** `descriptor`: its socket of RUDP's. */
export type LoopStart = { config: StructureConfig; counters: Counters; descriptor: number | undefined };
export type WorkerReport = { port: number } | { failure: string };
export type WorkerOrder = { graceMillis: number };

export const eventMulti: Structure = {
  threads: "one per core",
  async start(config, newCounters) {
    const count = config.workers === 0 ? availableParallelism() : config.workers;
    const share = withShareOfLoop(config, count);
    const { address, port, transport } = config;
    const shared = transport === "rudp" ? sharePort(address, port, count) : null;
    const loops = Array.from({ length: count }, () => newCounters());
    const workers: Worker[] = [];
    const start = async (at: number, port: number): Promise<number> => {
      const descriptor = shared?.descriptors[at];
      const loop = await startLoop({ ...share, port }, loops[at] as Counters, descriptor && duplicate(descriptor));
      workers.push(loop.worker);
      return loop.port;
    };
    const startAll = async (): Promise<number> => {
      const first = await start(0, port);
      // The kernel may choose the port, so the other threads start after the first.
      const others = Array.from({ length: count - 1 }, (_, at) => start(at + 1, first));
      await Promise.allSettled(others);
      await Promise.all(others);
      return first;
    };
    const close = async (graceMillis: number): Promise<void> => {
      const exits = workers.map((worker) => once(worker, "exit"));
      for (const worker of workers) worker.postMessage({ graceMillis } satisfies WorkerOrder);
      await Promise.all(exits);
      shared?.close();
    };
    const listening = await startAll().catch(async (error) => {
      await close(0);
      throw error;
    });
    return {
      port: listening,
      close,
      idleMillis() {
        const millis = loops.map((loop) => idleTimeoutMillis(scalar([loop], "openConnections"), share.timeouts.idle));
        return millis.reduce((sum, one) => sum + one, 0) / count;
      },
    };
  },
};

/**
 * Each loop sees only its own connections, about as many as every other, and has a cache of its
 * own.
 */
export function withShareOfLoop(config: StructureConfig, count: number): StructureConfig {
  const { site, timeouts } = config;
  const cache = { ...site.cache, bytes: Math.floor(site.cache.bytes / count) };
  const idle = { ...timeouts.idle, capacity: timeouts.idle.capacity / count };
  const connections = Math.ceil(config.connections / count);
  return { ...config, connections, site: { ...site, cache }, timeouts: { ...timeouts, idle } };
}

/**
 * A listening worker. A later error in it is not caught: it ends the server, as in a single loop.
 */
async function startLoop(
  config: StructureConfig,
  counters: Counters,
  descriptor: number | undefined,
): Promise<{ worker: Worker; port: number }> {
  const workerData: LoopStart = { config, counters, descriptor };
  const worker = startWorker(new URL("./event-worker.ts", import.meta.url), { workerData });
  const [report] = (await once(worker, "message")) as [WorkerReport];
  if ("failure" in report) throw new Error(report.failure);
  return { worker, port: report.port };
}
