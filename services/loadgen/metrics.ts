// Metrics of the load generator: everything since it started, including warm-ups. They are read
// from the loads' counts when Prometheus asks, so that a request costs nothing here.

import { Gauge, Registry } from "prom-client";
import { FAILURE_KINDS, PAGE_OUTCOMES, PHASES } from "../../lib/contract/load/load.ts";
import { addProcessMetrics } from "../../lib/contract/serving/process-metrics.ts";
import { addCounters, BUCKETS_SECONDS, type Counters, emptyCounters } from "./counters.ts";

/** The purpose of a load: a request for it, or something to see on dashboards. */
const KINDS = ["run", "background"] as const;
type Kind = (typeof KINDS)[number];

export interface LoadMetrics {
  registry: Registry;
  /** Those that a load of a kind fills. */
  counters: Record<Kind, Counters>;
  /** Sets whether a load of that kind runs. */
  setRunning(kind: Kind, running: boolean): void;
}

interface Value {
  value: number;
  labels: Record<string, string | number>;
  metricName?: string;
}

/**
 * A registry with the rttlab_load_* metrics and the process's own, and the counts that feed it.
 */
export function createMetrics(): LoadMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counters: Record<Kind, Counters> = { run: emptyCounters(), background: emptyCounters() };
  addProcessMetrics(registry);
  const define = (
    name: string,
    type: "counter" | "gauge" | "histogram",
    help: string,
    values: (all: Counters) => Value[],
  ) => {
    const metric = { name: `rttlab_load_${name}`, help, type, aggregator: "sum" };
    const read = async () => {
      const all = emptyCounters();
      for (const kind of KINDS) addCounters(all, counters[kind]);
      return { ...metric, values: values(all) };
    };
    // prom-client needs no more of a metric than this; its own kinds would have to be updated at
    // every request.
    registry.registerMetric({ ...metric, get: read } as never);
  };
  const plain = (value: number): Value[] => [{ value, labels: {} }];

  define("offered_total", "counter", "Requests that should have begun", (all) => plain(all.offered));
  define("started_total", "counter", "Requests that got a connection or began to open one", (all) =>
    plain(all.started),
  );
  define("completed_total", "counter", "Responses of 2xx, whole", (all) => plain(all.completed));
  define("failed_total", "counter", "Requests that failed, by kind", ({ failed }) =>
    FAILURE_KINDS.map((kind) => ({ value: failed[kind], labels: { kind } })),
  );
  define("dropped_total", "counter", "Requests for which too many were waiting for a connection", (all) =>
    plain(all.dropped),
  );
  define("connections_total", "counter", "Connections opened", (all) => plain(all.connections));
  define("body_bytes_total", "counter", "Bytes of response bodies", (all) => plain(all.bodyBytes));
  define("pages_total", "counter", "Pages loaded with their objects, by what became of them", ({ pages }) =>
    PAGE_OUTCOMES.map((outcome) => ({ value: pages[outcome], labels: { outcome } })),
  );
  define("in_flight", "gauge", "Requests under way", (all) => plain(all.inFlight));
  define("latency_seconds", "histogram", "Latency of requests, by phase", ({ latencies }) =>
    PHASES.flatMap((phase) => histogramValues(phase, latencies[phase])),
  );
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
  return {
    registry,
    counters,
    setRunning(kind, runs) {
      running.set({ kind }, runs ? 1 : 0);
      if (runs && kind === "run") started.setToCurrentTime();
    },
  };
}

function histogramValues(phase: string, { counts, sumSeconds }: Counters["latencies"]["total"]): Value[] {
  const name = "rttlab_load_latency_seconds";
  let sum = 0;
  const buckets = counts.map((count, index): Value => {
    sum += count;
    return { value: sum, labels: { le: BUCKETS_SECONDS[index] ?? "+Inf", phase }, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { value: sumSeconds, labels: { phase }, metricName: `${name}_sum` },
    { value: sum, labels: { phase }, metricName: `${name}_count` },
  ];
}
