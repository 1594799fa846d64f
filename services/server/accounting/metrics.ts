// The server's metrics: the shared counters under their names, read when Prometheus asks.

import { Registry } from "prom-client";
import { addProcessMetrics } from "../../../lib/contract/serving/process-metrics.ts";
import {
  BUCKET_SECONDS,
  type Counters,
  durations,
  type HistogramReading,
  METHODS,
  OPERATIONS,
  requests,
  type Scalar,
  SIZE_CLASSES,
  STATUSES,
  scalar,
  timings,
} from "./counters.ts";
import { type ProcessUsage, usageReader } from "./process-usage.ts";

interface Value {
  value: number;
  labels: Record<string, string | number>;
  metricName?: string;
}

/** Functions of the running structure, called at a scrape. */
interface Readings {
  queued?: (() => number) | undefined;
  idleMillis?: () => number;
  usage?: () => ProcessUsage;
}

/**
 * A registry with the rttlab_http_* metrics of a structure and the process's own. The array of
 * counters may grow while the server starts.
 */
export function createMetrics(
  structure: string,
  sockets: string,
  threads: readonly Counters[],
  { queued, idleMillis, usage = usageReader() }: Readings = {},
): Registry {
  const registry = new Registry();
  addProcessMetrics(registry, usage);
  const define = (name: string, type: "counter" | "gauge" | "histogram", help: string, values: () => Value[]) => {
    const metric = { name: `rttlab_http_${name}`, help, type, aggregator: "sum" };
    // prom-client needs no more of a metric than this; its own kinds would have to be updated at
    // every request.
    registry.registerMetric({ ...metric, get: async () => ({ ...metric, values: values() }) } as never);
  };
  const single = (name: Scalar) => () => [{ value: scalar(threads, name), labels: { structure } }];

  define("cpu_seconds_total", "counter", "Processor time of the server's processes, by mode", () => {
    const { user, system } = usage();
    return [
      { value: user / 1e6, labels: { structure, mode: "user" } },
      { value: system / 1e6, labels: { structure, mode: "system" } },
    ];
  });
  define("requests_total", "counter", "Requests answered, refusals included", () => requestValues(structure, threads));
  define("duration_seconds", "histogram", "From a request's last octet to the write of its answer", () =>
    SIZE_CLASSES.flatMap(({ name }, index) =>
      histogramValues("rttlab_http_duration_seconds", { structure, size: name }, durations(threads, index)),
    ),
  );
  define("operation_seconds", "histogram", "Time of each operation, see docs/server.md for what it can see", () =>
    OPERATIONS.flatMap((operation) =>
      SIZE_CLASSES.flatMap(({ name: size }, index) =>
        histogramValues(
          "rttlab_http_operation_seconds",
          { structure, operation, size },
          timings(threads, operation, index),
        ),
      ),
    ),
  );
  define("idle_timeout_seconds", "gauge", "How long a connection may be idle now", () => {
    const millis = idleMillis?.();
    return millis === undefined ? [] : [{ value: millis / 1000, labels: { structure } }];
  });
  define("sockets", "gauge", "Whose sockets the structure uses: always 1, the kind is a label", () => [
    { value: 1, labels: { structure, sockets } },
  ]);
  // A connection counts as open before it counts as accepted, and the two are read the other way
  // round: a scrape shows none as accepted that has not been open.
  define("accepted_total", "counter", "Connections accepted", single("acceptedConnections"));
  define("connections", "gauge", "Connections open", single("openConnections"));
  define("active_connections", "gauge", "Connections that are not idle between requests", single("activeConnections"));
  define("accept_errors_total", "counter", "Connections that could not be accepted", single("acceptErrors"));
  define("refused_total", "counter", "Connections refused because there were too many", single("refusedConnections"));
  define("queued_connections", "gauge", "Connections that wait in the kernel's queue, if it shows them", () => {
    const value = queued?.();
    return value === undefined ? [] : [{ value, labels: { structure } }];
  });
  define("replaced_workers_total", "counter", "Workers that ended before they should", single("replacedWorkers"));
  define("lost_log_lines_total", "counter", "Log lines that nobody took in time", single("lostLogLines"));
  define("received_bytes_total", "counter", "Bytes received", single("receivedBytes"));
  define("sent_bytes_total", "counter", "Bytes handed to the kernel", single("sentBytes"));
  define("timeouts_total", "counter", "Connections closed by a time-out", single("timeouts"));
  define("dropped_total", "counter", "Connections that the client reset", single("droppedByClient"));
  return registry;
}

/**
 * Every combination from the start: Prometheus takes the first value of a series for no increase,
 * so that it would not see the first answer of a status, and of errors there is often only one.
 */
function requestValues(structure: string, threads: readonly Counters[]): Value[] {
  return METHODS.flatMap((method, methodIndex) =>
    STATUSES.map((code, statusIndex) => ({
      value: requests(threads, methodIndex, statusIndex),
      labels: { structure, method, code },
    })),
  );
}

function histogramValues(name: string, labels: Value["labels"], reading: HistogramReading): Value[] {
  if (reading.count === 0) return [];
  const bucket = (le: number | string, value: number) => ({
    metricName: `${name}_bucket`,
    value,
    labels: { le, ...labels },
  });
  return [
    ...BUCKET_SECONDS.map((le, index) => bucket(le, reading.buckets[index] as number)),
    bucket("+Inf", reading.count),
    { metricName: `${name}_sum`, value: reading.sumSeconds, labels },
    { metricName: `${name}_count`, value: reading.count, labels },
  ];
}
