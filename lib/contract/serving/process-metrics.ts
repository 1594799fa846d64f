// What every service exports of its own process: four numbers, read at a scrape. prom-client's own set of some hundred costs ten
// times as much, most of it for a timer that watches the event loop a hundred times a second.

import { performance } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";

/** Adds the process's metrics, under the names that they have everywhere. */
export function addProcessMetrics(registry: Registry): void {
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
    const { user, system } = process.cpuUsage();
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
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started",
    registers,
  }).set(performance.timeOrigin / 1000);
}
