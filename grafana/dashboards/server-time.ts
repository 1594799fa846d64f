// Where the time of requests goes, by operation: panels of the dashboard Server.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { lines, rows } from "./panels.ts";
import { BY, perRequest, rate, SERVER, sumBy } from "./server-series.ts";

/** The server's own operations, and those in which it waits for a client. */
const OWN = ', operation!~"wait|spawn|read|close|idle"';
const WORKER = ', operation=~"wait|spawn"';
const WAITS = ', operation=~"read|close|idle"';
const OPERATION = `${SERVER} {{operation}}`;
/** A table shows one moment, at which a rare operation may not have occurred. */
const LATELY = "1m";
const SEE = "docs/server.md says what each operation can see.";

export function operationPanels(): Builder<dashboard.Panel>[] {
  return [
    lines(
      {
        title: "Time of a request by operation",
        description: `The time of an average request, stacked by operation, without waiting for the client. Look first at the thickest band. Of several servers choose one, because their bands are stacked too. ${SEE}`,
        unit: "s",
        width: 12,
      },
      [[perRequest("operation", rate("operation_seconds_sum", OWN)), OPERATION]],
      { stacked: true },
    ),
    rows(
      {
        title: "Operations of the last minute",
        description: `How often each operation occurred, its mean duration, and its share of the time that the server spent on requests, without waiting for the client. ${SEE}`,
        width: 12,
      },
      { host: "Host", structure: "Structure", operation: "Operation" },
      [
        { expression: byOperation("count", OWN, LATELY), head: "Per second", unit: "cps" },
        { expression: meanTime("operation", OWN, LATELY), head: "Mean", unit: "s" },
        {
          expression: `${byOperation("sum", OWN, LATELY)} / on (${BY}) group_left () ${sumBy(BY, rate("operation_seconds_sum", OWN, LATELY))}`,
          head: "Share",
          unit: "percentunit",
        },
      ],
    ),
    lines(
      {
        title: "Operations, median",
        description: `The median, read from buckets that double. If it is much below the mean, a few slow operations take most of the time. ${SEE}`,
        unit: "s",
        width: 8,
      },
      [[`histogram_quantile(0.5, ${sumBy(`${BY}, operation, le`, rate("operation_seconds_bucket", OWN))})`, OPERATION]],
    ),
    lines(
      {
        title: "Resolving, reading, writing by size, mean",
        description: `Operations that may depend on the content's length, by its class: up to that many bytes. Reading a file shows when one is not yet in memory. ${SEE}`,
        unit: "s",
        width: 8,
      },
      [[meanTime("operation, size", ', operation=~"resolve|read-file|write"'), `${OPERATION} {{size}}`]],
    ),
    lines(
      {
        title: "Waiting for clients, mean",
        description: `Idle: from an answer to the next request's first octet. Read: for the rest of a head or content. Close: from our close to theirs. These contain round trips and none of the server's work. ${SEE}`,
        unit: "s",
        width: 8,
      },
      [[meanTime("operation", WAITS), OPERATION]],
    ),
    lines(
      {
        title: "Waiting for a worker, mean",
        description: `Wait: a connection in the kernel's queue or the server's, until a worker takes it. Spawn: from the call that starts a thread or a process until it runs our code. event, event-multi and coroutine have neither. ${SEE}`,
        unit: "s",
        width: 8,
      },
      [[meanTime("operation", WORKER), OPERATION]],
    ),
  ];
}

/** Per second, by server and operation: how many (`count`), or how long together (`sum`). */
function byOperation(what: "count" | "sum", matchers: string, window?: string): string {
  return sumBy(`${BY}, operation`, rate(`operation_seconds_${what}`, matchers, window));
}

/** Mean duration by server and labels; nothing without any. */
function meanTime(labels: string, matchers: string, window?: string): string {
  const by = `${BY}, ${labels}`;
  const sum = sumBy(by, rate("operation_seconds_sum", matchers, window));
  return `${sum} / (${sumBy(by, rate("operation_seconds_count", matchers, window))} > 0)`;
}
