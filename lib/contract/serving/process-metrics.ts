// Metrics of a service's own process: four numbers, read at a scrape. prom-client's own set of
// about a hundred costs ten times as much, mostly for a timer that watches the event loop a hundred
// times a second.

import { performance } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";

export interface Usage {
  /** CPU time in microseconds. */
  user: number;
  system: number;
  residentBytes: number;
}

/**
 * Adds the process's metrics under their usual names. `usage`: of a service with several processes,
 * all of theirs.
 */
export function addProcessMetrics(registry: Registry, usage: () => Usage = ownUsage): void {
  const registers = [registry];
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  total("process_cpu_seconds_total", "Processor time of all threads, user and system", () => {
    const { user, system } = usage();
    return (user + system) / 1e6;
  });
  total("nodejs_eventloop_active_seconds_total", "Time that the main thread's event loop was busy", () => {
    return performance.eventLoopUtilization().active / 1000;
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory",
    registers,
    collect() {
      this.set(usage().residentBytes);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started",
    registers,
  }).set(performance.timeOrigin / 1000);
}

function ownUsage(): Usage {
  return { ...process.cpuUsage(), residentBytes: process.memoryUsage.rss() };
}
