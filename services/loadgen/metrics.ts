// Metrics of the load generator: everything since it started, including warm-ups.

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { FAILURE_KINDS, PAGE_OUTCOMES, PHASES } from "../../lib/contract/load/load.ts";
import { addProcessMetrics } from "../../lib/contract/serving/process-metrics.ts";
import type { LoadEvent, Observe } from "./events.ts";

/** From a LAN's tenth of a millisecond to the usual time-out, about three buckets per decade. */
const BUCKETS_SECONDS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** The purpose of a load: a request for it, or something to see on dashboards. */
const KINDS = ["run", "background"] as const;

export interface LoadMetrics {
  registry: Registry;
  observe: Observe;
  /** Sets whether a load of that kind runs. */
  setRunning(kind: (typeof KINDS)[number], running: boolean): void;
}

/**
 * A registry with the rttlab_load_* metrics and the process's own, and the functions that feed it.
 */
export function createMetrics(): LoadMetrics {
  const registry = new Registry();
  const registers = [registry];
  addProcessMetrics(registry);
  const offered = new Counter({ name: "rttlab_load_offered_total", help: "Requests begun", registers });
  const completed = new Counter({ name: "rttlab_load_completed_total", help: "Responses of 2xx, whole", registers });
  const failed = new Counter({
    name: "rttlab_load_failed_total",
    help: "Requests that failed, by kind",
    labelNames: ["kind"],
    registers,
  });
  const opened = new Counter({ name: "rttlab_load_connections_total", help: "Connections opened", registers });
  const bytes = new Counter({ name: "rttlab_load_body_bytes_total", help: "Bytes of response bodies", registers });
  const pages = new Counter({
    name: "rttlab_load_pages_total",
    help: "Pages loaded with their objects, by what became of them",
    labelNames: ["outcome"],
    registers,
  });
  const inFlight = new Gauge({ name: "rttlab_load_in_flight", help: "Requests under way", registers });
  const latency = new Histogram({
    name: "rttlab_load_latency_seconds",
    help: "Latency of completed requests, by phase",
    labelNames: ["phase"],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const running = new Gauge({
    name: "rttlab_load_running",
    help: "1 while a load of that kind runs",
    labelNames: ["kind"],
    registers,
  });
  const started = new Gauge({
    name: "rttlab_load_run_start_timestamp_seconds",
    help: "When the latest run began; 0 when there was none",
    registers,
  });
  for (const kind of KINDS) running.set({ kind }, 0);
  for (const outcome of PAGE_OUTCOMES) pages.inc({ outcome }, 0);
  for (const kind of FAILURE_KINDS) failed.inc({ kind }, 0);
  for (const phase of PHASES) latency.zero({ phase });

  const observe = (event: LoadEvent): void => {
    switch (event.what) {
      case "begun":
        offered.inc();
        inFlight.inc();
        break;
      case "opened":
        opened.inc();
        latency.observe({ phase: "connect" }, event.connectMillis / 1000);
        break;
      case "body":
        bytes.inc(event.bytes);
        break;
      case "completed":
        completed.inc();
        inFlight.dec();
        latency.observe({ phase: "firstByte" }, event.firstByteMillis / 1000);
        latency.observe({ phase: "transfer" }, event.transferMillis / 1000);
        latency.observe({ phase: "total" }, event.totalMillis / 1000);
        break;
      case "failed":
        failed.inc({ kind: event.kind });
        inFlight.dec();
        break;
      case "cut":
        inFlight.dec();
        break;
      case "page":
        pages.inc({ outcome: event.outcome });
        break;
    }
  };
  const setRunning: LoadMetrics["setRunning"] = (kind, runs) => {
    running.set({ kind }, runs ? 1 : 0);
    if (runs && kind === "run") started.setToCurrentTime();
  };
  return { registry, observe, setRunning };
}
