// GET /profile on the management address: a table of where the time of requests goes.

import { columns } from "../../../lib/columns.ts";
import {
  BUCKET_SECONDS,
  type Counters,
  durations,
  type HistogramReading,
  OPERATIONS,
  SIZE_CLASSES,
  scalar,
  timings,
} from "./counters.ts";
import type { ProcessUsage } from "./process-usage.ts";

const TITLES = ["operation", "size", "count", "mean µs", "p50 µs ≤", "p99 µs ≤", "total ms", ""];

/**
 * The table: a line per operation and size class that occurred. Quantiles are upper bounds of
 * buckets that double.
 */
export function profileTable(structure: string, threads: readonly Counters[], usage: ProcessUsage): string {
  const sizes = SIZE_CLASSES.map(({ name }, index) => ({ name, index }));
  const whole = sizes.map(({ name, index }) => ({
    operation: "request",
    size: name,
    reading: durations(threads, index),
  }));
  const parts = OPERATIONS.flatMap((operation) =>
    sizes.map(({ name, index }) => ({ operation, size: name, reading: timings(threads, operation, index) })),
  );
  const rows = [...whole, ...parts].filter(({ reading }) => reading.count > 0);
  const served = whole.reduce((count, { reading }) => count + reading.count, 0);
  const perRequest = (micros: number) => (served === 0 ? "-" : (micros / served).toFixed(1));
  return [
    `structure ${structure}: ${served} requests, ${scalar(threads, "acceptedConnections")} connections`,
    `CPU per request: user ${perRequest(usage.user)} µs, system ${perRequest(usage.system)} µs; memory ${(usage.residentBytes / 1024 ** 2).toFixed(0)} MiB`,
    "",
    columns([TITLES, ...rows.map(({ operation, size, reading }) => rowOf(operation, size, reading))], { left: 2 }),
    "",
  ].join("\n");
}

/** The bound in seconds below which this share (0 to 1) of the values lie. */
export function quantileSeconds({ buckets, count }: HistogramReading, share: number): number {
  const index = buckets.findIndex((cumulative) => cumulative >= share * count);
  return index === -1 ? Number.POSITIVE_INFINITY : (BUCKET_SECONDS[index] as number);
}

function rowOf(operation: string, size: string, reading: HistogramReading): string[] {
  const micros = (seconds: number) => (seconds * 1e6).toFixed(0);
  const mean = ((reading.sumSeconds / reading.count) * 1e6).toFixed(1);
  const quantiles = [0.5, 0.99].map((share) => micros(quantileSeconds(reading, share)));
  const total = (reading.sumSeconds * 1000).toFixed(1);
  return [operation, size, String(reading.count), mean, ...quantiles, total, ""];
}
