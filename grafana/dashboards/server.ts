// Server: its requests and how fast it answers, where the time goes, its open connections, its
// resources. Every series has the structure as a label, so that servers that differ in nothing else
// can be compared.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { distribution, lines, numbers } from "./panels.ts";
import { AT, BY, meanOfRequest, perRequest, rate, ratesByStatus, SERVER, sumBy } from "./server-series.ts";
import { operationPanels } from "./server-time.ts";

const QUANTILES = [
  [0.5, "median"],
  [0.9, "p90"],
  [0.99, "p99"],
] as const;
const LATENCY =
  "From a request's last octet to the write of its answer: the server's own part, without the network. Quantiles are read from buckets that double, so they may be off by a factor of two.";
const CPU_PER_REQUEST =
  "Processor time of the whole process per answer. With few requests per second most of it is the process's idle cost, so compare under load.";

export function server(): dashboard.Dashboard {
  const builder = frame({
    name: "server",
    title: "Server",
    description: "Requests to the servers, how fast they answer, where the time goes, their connections and resources.",
    hostsOf: "rttlab_http_connections",
  });
  for (const [title, panels] of Object.entries(ROWS)) {
    builder.withRow(new dashboard.RowBuilder(title));
    for (const panel of panels()) builder.withPanel(panel);
  }
  return builder.build();
}

const ROWS: Readonly<Record<string, () => Builder<dashboard.Panel>[]>> = {
  Now: now,
  Requests: requests,
  Latency: latency,
  "Where the time goes": operationPanels,
  Connections: connections,
  Resources: resources,
};

function now(): Builder<dashboard.Panel>[] {
  return [
    numbers(
      {
        title: "Requests",
        description: "Answers per second over the last few seconds, including refusals.",
        unit: "reqps",
        width: 4,
      },
      [[sumBy("host", rate("requests_total")), "{{host}}"]],
    ),
    numbers({ title: "Median latency", description: LATENCY, unit: "s", width: 4 }, [
      [quantile(0.5, "host, le"), "{{host}}"],
    ]),
    numbers(
      { title: "Open connections", description: "Connections open now, idle ones included.", unit: "none", width: 4 },
      [[sumBy("host", `rttlab_http_connections{${AT}}`), "{{host}}"]],
    ),
    numbers(
      {
        title: "Idle time-out now",
        description: "How long a connection may be idle before the server closes it; shorter on a fuller server.",
        unit: "s",
        width: 4,
      },
      [[`max by (host) (rttlab_http_idle_timeout_seconds{${AT}})`, "{{host}}"]],
    ),
    numbers({ title: "Sent", description: "Bits a second handed to the kernel.", unit: "bps", width: 4 }, [
      [sumBy("host", `8 * ${rate("sent_bytes_total")}`), "{{host}}"],
    ]),
    numbers({ title: "CPU per request", description: CPU_PER_REQUEST, unit: "s", width: 4 }, [
      [meanOfRequest(sumBy(BY, rate("cpu_seconds_total"))), "{{host}}"],
    ]),
  ];
}

function requests(): Builder<dashboard.Panel>[] {
  return [
    lines(
      {
        title: "Requests by structure",
        description: "Answers per second of each server, by the structure with which it turns connections into work.",
        unit: "reqps",
        width: 8,
      },
      [[sumBy(BY, rate("requests_total")), SERVER]],
    ),
    lines(
      {
        title: "Requests by status",
        description:
          "Answers per second by status code. 2xx and 304 are fine; 4xx are the client's mistakes, 5xx the server's.",
        unit: "reqps",
        width: 8,
      },
      [[ratesByStatus(), "{{host}} {{code}}"]],
    ),
    lines(
      {
        title: "Refused and failed",
        description: "Answers per second with a status of 400 or more. Empty until there is one.",
        unit: "reqps",
        width: 8,
      },
      [[ratesByStatus(', code=~"[45].."'), "{{host}} {{code}}"]],
    ),
  ];
}

function latency(): Builder<dashboard.Panel>[] {
  return [
    lines(
      { title: "Latency", description: LATENCY, unit: "s", width: 12 },
      QUANTILES.map(([level, name]) => [quantile(level, `${BY}, le`), `${SERVER} ${name}`]),
    ),
    lines(
      {
        title: "Latency by size, p99",
        description: `${LATENCY} One line for each class of content length: up to that many bytes.`,
        unit: "s",
        width: 12,
      },
      [[quantile(0.99, "host, size, le"), "{{host}} {{size}}"]],
    ),
    distribution(
      {
        title: "Distribution of latency",
        description:
          "Requests per second in each bucket of latency. Two bands are two kinds of request, such as cached and uncached.",
        unit: "s",
        width: 24,
      },
      `sum by (le) (${rate("duration_seconds_bucket")})`,
    ),
  ];
}

function connections(): Builder<dashboard.Panel>[] {
  const open = `rttlab_http_connections{${AT}}`;
  const active = `rttlab_http_active_connections{${AT}}`;
  return [
    lines(
      {
        title: "Active and idle connections",
        description:
          "All open connections, stacked. Active: in the middle of a request. Many idle and few active: clients that keep connections and think.",
        unit: "none",
        width: 8,
      },
      [
        [active, `${SERVER} active`],
        [`clamp_min(${open} - ${active}, 0)`, `${SERVER} idle`],
      ],
      { stacked: true },
    ),
    lines(
      {
        title: "Idle time-out",
        description:
          "How long a connection may be idle now before the server closes it. It falls as the number of connections rises, also for those that are already waiting.",
        unit: "s",
        width: 8,
      },
      [[`rttlab_http_idle_timeout_seconds{${AT}}`, SERVER]],
    ),
    lines(
      {
        title: "Accepted, timed out, dropped",
        description:
          "Connections per second. Timed out: the server closed them because they were idle or slow. Dropped: the client reset them. Not accepted: no descriptor was left. With HTTP/1.0 accepted follows the requests.",
        unit: "cps",
        width: 8,
      },
      [
        [rate("accepted_total"), `${SERVER} accepted`],
        [rate("timeouts_total"), `${SERVER} timed out`],
        [rate("dropped_total"), `${SERVER} dropped`],
        [rate("accept_errors_total"), `${SERVER} not accepted`],
      ],
    ),
  ];
}

function resources(): Builder<dashboard.Panel>[] {
  const inServer = (metric: string) => `${metric}{${AT}, role="server"}`;
  return [
    lines(
      {
        title: "CPU",
        description:
          "Processor time of all threads: 100 % is one busy core. User: the server's own code. System: the kernel's work for it, sockets and files. Servers are stacked.",
        unit: "percentunit",
        width: 8,
      },
      [[sumBy(`${BY}, mode`, rate("cpu_seconds_total")), `${SERVER} {{mode}}`]],
      { stacked: true },
    ),
    lines(
      { title: "CPU time of a request", description: CPU_PER_REQUEST, unit: "s", width: 8 },
      [[perRequest("mode", rate("cpu_seconds_total")), `${SERVER} {{mode}}`]],
      { stacked: true },
    ),
    lines(
      {
        title: "Memory",
        description:
          "Resident memory of the process: code, cached files, connections. It rises with load and falls late.",
        unit: "bytes",
        width: 8,
      },
      [[inServer("process_resident_memory_bytes"), "{{host}}"]],
    ),
    lines(
      {
        title: "Event loop",
        description:
          "Share of time in which the main thread's event loop was busy; near 100 % requests wait for each other. In event-multi the main thread only starts the others.",
        unit: "percentunit",
        width: 12,
      },
      [[`rate(${inServer("nodejs_eventloop_active_seconds_total")}[$__rate_interval])`, "{{host}}"]],
    ),
    lines(
      {
        title: "Bytes",
        description: "Bits per second in and out of the sockets, including heads.",
        unit: "bps",
        width: 12,
      },
      [
        [`8 * ${rate("received_bytes_total")}`, "{{host}} in"],
        [`8 * ${rate("sent_bytes_total")}`, "{{host}} out"],
      ],
    ),
  ];
}

function quantile(level: number, by: string): string {
  return `histogram_quantile(${level}, sum by (${by}) (${rate("duration_seconds_bucket")}))`;
}
