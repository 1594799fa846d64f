// The runs as a table for R, pandas and gnuplot: a row a run, a column a factor and a quantity,
// void runs marked. RFC 4180 quoting, a point for decimals, empty where there is no value. Units
// stand in the header, as `pageTime [s]`.

import type { Manifest, Run } from "./results.ts";

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

function withUnit({ name, unit }: { name: string; unit: string }): string {
  return unit === "" ? name : `${name} [${unit}]`;
}

function row(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => quoted(String(field))).join(",")}\r\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
