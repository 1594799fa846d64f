// Load: what the load generators offer and receive, how long it takes by phase, and whether they
// keep up themselves.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { distribution, lines, numbers } from "./panels.ts";

const AT = 'scenario="$scenario", host=~"$host"';
const rate = (metric: string, matchers = "") => `rate(rttlab_load_${metric}{${AT}${matchers}}[$__rate_interval])`;

export function load(): dashboard.Dashboard {
  return frame({
    name: "load",
    title: "Load",
    description:
      "The load that generators offer and the answers they receive, how long these take, and whether generators keep up.",
    hostsOf: "rttlab_load_in_flight",
  })
    .withRow(new dashboard.RowBuilder("Now"))
    .withPanel(
      numbers({ title: "Completed", description: "Whole responses of 2xx a second.", unit: "reqps", width: 6 }, [
        [rate("completed_total"), "{{host}}"],
      ]),
    )
    .withPanel(
      numbers({ title: "Median of the whole request", description: LATENCY, unit: "s", width: 6 }, [
        [quantile(0.5, ', phase="total"', "host, le"), "{{host}}"],
      ]),
    )
    .withPanel(
      numbers(
        { title: "Goodput", description: "Bits of response bodies per second, without heads.", unit: "bps", width: 6 },
        [[`8 * ${rate("body_bytes_total")}`, "{{host}}"]],
      ),
    )
    .withPanel(
      numbers(
        {
          title: "Running",
          description:
            "1 for the kind of load that runs now: a run that someone asked for, or the gentle one in the background.",
          unit: "none",
          width: 6,
        },
        [[`rttlab_load_running{${AT}}`, "{{host}} {{kind}}"]],
      ),
    )
    .withRow(new dashboard.RowBuilder("Rates"))
    .withPanel(
      lines(
        {
          title: "Offered, completed, failed",
          description:
            "Requests per second that were due, completed and failed. If more are offered than completed for long, they pile up: see In flight.",
          unit: "reqps",
          width: 12,
        },
        [
          [rate("offered_total"), "{{host}} offered"],
          [rate("completed_total"), "{{host}} completed"],
          [`sum by (host) (${rate("failed_total")})`, "{{host}} failed"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Failures by kind",
          description:
            "refused, unreachable, reset: as TCP and IP have it. timeout: no whole response in time. status: not 2xx. short: the connection ended first. malformed: not HTTP. wrong: whole, but other octets than expected. local: the generator itself was at its end. other: anything else.",
          unit: "reqps",
          width: 12,
        },
        [[rate("failed_total"), "{{host}} {{kind}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "All generators together",
          description: "The sums over the generators chosen above, dropped requests among those offered.",
          unit: "reqps",
          width: 24,
        },
        ["offered", "dropped", "completed", "failed"].map((kind) => [`sum(${rate(`${kind}_total`)})`, kind]),
      ),
    )
    .withRow(new dashboard.RowBuilder("Latency"))
    .withPanel(
      lines({ title: "Median latency by phase", description: LATENCY, unit: "s", width: 12 }, [
        [quantile(0.5, "", "host, phase, le"), "{{host}} {{phase}}"],
      ]),
    )
    .withPanel(
      lines({ title: "p99 latency by phase", description: LATENCY, unit: "s", width: 12 }, [
        [quantile(0.99, "", "host, phase, le"), "{{host}} {{phase}}"],
      ]),
    )
    .withPanel(
      lines(
        {
          title: "Quantiles of all generators together",
          description: "From the intended start to the last byte, over all requests of the generators chosen above.",
          unit: "s",
          width: 12,
        },
        [0.5, 0.9, 0.99].map((level) => [quantile(level, ', phase="total"', "le"), `p${100 * level}`]),
      ),
    )
    .withPanel(
      lines(
        {
          title: "p99 of the generators' own lag",
          description:
            "From the intended start until the generator attended to the request. Above 5 ms the result of an open load is invalid: the generator is late, not the server.",
          unit: "s",
          width: 12,
        },
        [[quantile(0.99, ', phase="lag"', "host, le"), "{{host}}"]],
      ),
    )
    .withPanel(
      distribution(
        {
          title: "Distribution of the whole request",
          description:
            "Requests per second in each bucket of latency; bounds go by 1, 2 and 5 in each decade. Two bands are two kinds of request, such as those that open a connection and those that keep one.",
          unit: "s",
          width: 24,
        },
        `sum by (le) (${rate("latency_seconds_bucket", ', phase="total"')})`,
      ),
    )
    .withRow(new dashboard.RowBuilder("The generators"))
    .withPanel(
      lines(
        {
          title: "In flight",
          description:
            "Requests under way. In a closed loop at most the number of users; at that number all users wait and nobody thinks.",
          unit: "none",
          width: 12,
        },
        [[`rttlab_load_in_flight{${AT}}`, "{{host}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Connections opened",
          description: "Connections per second. HTTP/1.0 opens one for each request.",
          unit: "cps",
          width: 12,
        },
        [[rate("connections_total"), "{{host}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Goodput over time",
          description: "Bits of response bodies per second, without heads.",
          unit: "bps",
          width: 12,
        },
        [[`8 * ${rate("body_bytes_total")}`, "{{host}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "CPU of the generators",
          description:
            "100 % is one busy core; a generator of several threads may take more. It does not sleep before what is due soon, so that much of this may be for nothing: its lag, and `invalid` in the result of a run, say whether it measures itself.",
          unit: "percentunit",
          width: 12,
        },
        [[`rate(process_cpu_seconds_total{${AT}, role="loadgen"}[$__rate_interval])`, "{{host}}"]],
      ),
    )
    .build();
}

const LATENCY =
  "lag: until the generator attended to the request. wait: until it had a connection, or began to open one. connect: the TCP handshake. firstByte: request to first byte. transfer: request to last byte. service: connecting included. total: all of it, from the intended start. close: last byte to the server's end of the connection. In a network of one round trip R, connect is 1 R and a small response 1 R more. Quantiles are read from buckets of 1, 2 and 5 in each decade, so they may be off by a factor of two or three.";

function quantile(level: number, matchers: string, by: string): string {
  return `histogram_quantile(${level}, sum by (${by}) (${rate("latency_seconds_bucket", matchers)}))`;
}
