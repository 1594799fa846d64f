// The runs as a table for R, pandas and gnuplot: a row per run, a column per factor and quantity,
// void runs marked; their traces, a row per sample; and the connections in captures. RFC 4180
// quoting, decimal points, empty fields for missing values. Units are in the header, as in
// `pageSeconds [s]`.

import type { Manifest, Run } from "./results.ts";
import type { TraceRow } from "./traces/row.ts";
import type { CapturedConnection } from "./traces/wire.ts";

export function* runsAsCsv(manifest: Manifest, runs: Iterable<Run>): Generator<string> {
  const { factors, quantities } = manifest;
  const levels = new Map(manifest.cells.map((cell) => [cell.id, cell.levels]));
  yield row([
    ...["run", "block", "cell", "startedAt", "void", "saturated"],
    ...factors.map(withUnit),
    ...quantities.map(withUnit),
  ]);
  for (const run of runs) {
    yield row([
      ...[run.index, run.block, run.cell, run.startedAt, run.voidReason ?? "", run.saturated],
      ...factors.map(({ name }) => levels.get(run.cell)?.[name] ?? ""),
      ...quantities.map(({ name }) => run.values[name] ?? ""),
    ]);
  }
}

/** Names and units of a trace's fields, in the order of columns; a missing field is empty. */
const TRACE_FIELDS: Readonly<Record<string, string>> = {
  kind: "",
  host: "",
  connection: "",
  link: "",
  direction: "",
  seconds: "s",
  state: "",
  cwndSegments: "segments",
  ssthreshSegments: "segments",
  srttMillis: "ms",
  leastRttMillis: "ms",
  resentSegments: "segments",
  inFlightSegments: "segments",
  deliveryBitsPerSecond: "bit/s",
  ackedBytes: "bytes",
  packets: "packets",
  bytes: "bytes",
  droppedPackets: "packets",
};

export function traceHead(): string {
  const columns = Object.entries(TRACE_FIELDS).map(([name, unit]) => withUnit({ name, unit }));
  return row(["run", "cell", ...columns]);
}

/** The samples of one run's trace, a row each, below the header. */
export function* traceAsCsv(rows: Iterable<TraceRow>): Generator<string> {
  let of: (string | number)[] = [];
  for (const line of rows) {
    if (line.kind === "run") of = [line.run, line.cell];
    else {
      const known = new Map<string, string | number | null>(Object.entries(line));
      yield row([...of, ...Object.keys(TRACE_FIELDS).map((name) => known.get(name) ?? "")]);
    }
  }
}

export function wireHead(): string {
  const phases = ["setupSeconds", "transferSeconds", "teardownSeconds"].map((name) => withUnit({ name, unit: "s" }));
  return row(["run", "cell", "link", "opener", "other", ...phases, "bytes [bytes]", "resentSegments [segments]"]);
}

/** A connection that a link's ends saw in a run. */
export function wireAsCsv({ index, cell }: Run, connection: CapturedConnection): string {
  const { link, opener, other, setupSeconds, transferSeconds, teardownSeconds, bytes, resentSegments } = connection;
  const phases = [setupSeconds, transferSeconds, teardownSeconds].map((seconds) => seconds ?? "");
  return row([index, cell, link, opener, other, ...phases, bytes ?? "", resentSegments ?? ""]);
}

function withUnit({ name, unit }: { name: string; unit: string }): string {
  return unit === "" ? name : `${name} [${unit}]`;
}

function row(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => quoted(String(field))).join(",")}\r\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
