// Server: what is asked of it, how fast it answers, what it holds open.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { distribution, lines, numbers } from "./panels.ts";

const AT = 'scenario="$scenario", host=~"$host"';
const rate = (metric: string, matchers = "") => `rate(rttlab_http_${metric}{${AT}${matchers}}[$__rate_interval])`;
const QUANTILES = [
  [0.5, "median"],
  [0.9, "p90"],
  [0.99, "p99"],
] as const;

export function server(): dashboard.Dashboard {
  return frame({
    name: "server",
    title: "Server",
    description: "What is asked of the servers, how fast they answer, what they hold open.",
    hostsOf: "rttlab_http_connections",
  })
    .withRow(new dashboard.RowBuilder("Now"))
    .withPanel(
      numbers(
        {
          title: "Requests",
          description: "Answers a second over the last few seconds, refusals included.",
          unit: "reqps",
          width: 6,
        },
        [[`sum by (host) (${rate("requests_total")})`, "{{host}}"]],
      ),
    )
    .withPanel(
      numbers({ title: "Median latency", description: LATENCY, unit: "s", width: 6 }, [
        [quantile(0.5, "host, le"), "{{host}}"],
      ]),
    )
    .withPanel(
      numbers(
        { title: "Open connections", description: "Connections open now, idle ones included.", unit: "none", width: 6 },
        [[`sum by (host) (rttlab_http_connections{${AT}})`, "{{host}}"]],
      ),
    )
    .withPanel(
      numbers({ title: "Sent", description: "Bits a second handed to the kernel.", unit: "bps", width: 6 }, [
        [`sum by (host) (8 * ${rate("sent_bytes_total")})`, "{{host}}"],
      ]),
    )
    .withRow(new dashboard.RowBuilder("Requests"))
    .withPanel(
      lines(
        {
          title: "Requests by status",
          description:
            "Answers a second by status code. 2xx and 304 are well; 4xx are the client's mistakes, 5xx the server's.",
          unit: "reqps",
          width: 12,
        },
        [[`sum by (host, code) (${rate("requests_total")})`, "{{host}} {{code}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Refused and failed",
          description: "Answers a second with a status of 400 or more. Empty until there was one.",
          unit: "reqps",
          width: 12,
        },
        [[`sum by (host, code) (${rate("requests_total", ', code=~"[45].."')})`, "{{host}} {{code}}"]],
      ),
    )
    .withRow(new dashboard.RowBuilder("Latency"))
    .withPanel(
      lines(
        { title: "Latency", description: LATENCY, unit: "s", width: 12 },
        QUANTILES.map(([level, name]) => [quantile(level, "host, le"), `{{host}} ${name}`]),
      ),
    )
    .withPanel(
      lines(
        {
          title: "Latency by size, p99",
          description: `${LATENCY} One line for each class of content length: up to that many bytes.`,
          unit: "s",
          width: 12,
        },
        [[quantile(0.99, "host, size, le"), "{{host}} {{size}}"]],
      ),
    )
    .withPanel(
      distribution(
        {
          title: "Distribution of latency",
          description:
            "Requests a second in each bucket of latency. Two bands are two kinds of request, such as cached and not.",
          unit: "s",
          width: 24,
        },
        `sum by (le) (${rate("duration_seconds_bucket")})`,
      ),
    )
    .withPanel(
      lines(
        {
          title: "Operations, median",
          description:
            "Time of each operation of the server on a file; docs/server.md says what each can see. Where one is much above the others, that is where requests wait.",
          unit: "s",
          width: 12,
        },
        [
          [
            `histogram_quantile(0.5, sum by (host, operation, le) (${rate("operation_seconds_bucket")}))`,
            "{{host}} {{operation}}",
          ],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Idle time-out",
          description:
            "How long a connection may be idle now before the server closes it; it shrinks as connections fill up.",
          unit: "s",
          width: 12,
        },
        [[`rttlab_http_idle_timeout_seconds{${AT}}`, "{{host}}"]],
      ),
    )
    .withRow(new dashboard.RowBuilder("Connections and bytes"))
    .withPanel(
      lines(
        {
          title: "Connections",
          description:
            "Open: all. Active: in the middle of a request. Many open and few active: clients that keep connections and think.",
          unit: "none",
          width: 12,
        },
        [
          [`rttlab_http_connections{${AT}}`, "{{host}} open"],
          [`rttlab_http_active_connections{${AT}}`, "{{host}} active"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Accepted, timed out, dropped",
          description:
            "Connections a second. Timed out: the server closed them, idle or slow. Dropped: the client reset them. With HTTP/1.0 accepted follows the requests.",
          unit: "cps",
          width: 12,
        },
        [
          [rate("accepted_total"), "{{host}} accepted"],
          [rate("timeouts_total"), "{{host}} timed out"],
          [rate("dropped_total"), "{{host}} dropped"],
          [rate("accept_errors_total"), "{{host}} not accepted"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Bytes",
          description: "Bits a second in and out of the sockets, heads included.",
          unit: "bps",
          width: 12,
        },
        [
          [`8 * ${rate("received_bytes_total")}`, "{{host}} in"],
          [`8 * ${rate("sent_bytes_total")}`, "{{host}} out"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "CPU and event loop",
          description:
            "CPU: 100 % is one core busy, of all threads. Loop: the share of time that the main thread's event loop was busy; near 100 % requests wait for each other.",
          unit: "percentunit",
          width: 12,
        },
        [
          [`rate(process_cpu_seconds_total{${AT}, role="server"}[$__rate_interval])`, "{{host}} CPU"],
          [`rate(nodejs_eventloop_active_seconds_total{${AT}, role="server"}[$__rate_interval])`, "{{host}} loop"],
        ],
      ),
    )
    .build();
}

const LATENCY =
  "From a request's last octet to the write of its answer: the server's own part, no network in it. Quantiles are read from buckets that double, so they are right within a factor of two at worst.";

function quantile(level: number, by: string): string {
  return `histogram_quantile(${level}, sum by (${by}) (${rate("duration_seconds_bucket")}))`;
}
