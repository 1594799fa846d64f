// The server's counters, a flat array of numbers in shared memory per thread. A request costs a few
// additions, worker threads need no messages, and readers (Prometheus, /profile) sum the arrays of
// all threads. metrics.ts gives the numbers their names.

import { REASON_PHRASES } from "../http/status.ts";

export const METHODS = ["GET", "HEAD", "OPTIONS", "other"] as const;
export const STATUSES = Object.keys(REASON_PHRASES).map(Number);
/** Size classes of responses: content up to that many bytes. */
export const SIZE_CLASSES = [
  { name: "none", upToBytes: 0 },
  { name: "1KiB", upToBytes: 1_024 },
  { name: "10KiB", upToBytes: 10_240 },
  { name: "100KiB", upToBytes: 102_400 },
  { name: "1MiB", upToBytes: 1_048_576 },
  { name: "more", upToBytes: Number.POSITIVE_INFINITY },
] as const;
/**
 * The operations that take a request's time. `wait`: for a worker, in the kernel's queue or in
 * ours. `spawn`: starting a thread or a process. `accept`: making a connection of what the kernel
 * accepted. `read`: waiting for the rest of a head or content that did not arrive at once. `parse`,
 * `resolve` (path, stat, cache), `access` (rules, name look-ups), `open`, `read-file`. `write`:
 * until the kernel has taken everything, where it did at once. `close`: from our close to the
 * client's. `idle`: from an answer to the first octet of the next request.
 */
export const OPERATIONS = [
  "wait",
  "spawn",
  "accept",
  "read",
  "parse",
  "resolve",
  "access",
  "open",
  "read-file",
  "write",
  "close",
  "idle",
] as const;
export type OperationName = (typeof OPERATIONS)[number];
/** Single numbers. `open…` and `active…` rise and fall, the others only rise. */
const SCALARS = [
  "acceptedConnections",
  "openConnections",
  "activeConnections",
  "receivedBytes",
  "sentBytes",
  "droppedByClient",
  "timeouts",
  "acceptErrors",
  "refusedConnections",
  "replacedWorkers",
  "lostLogLines",
] as const;
export type Scalar = (typeof SCALARS)[number];

/** Upper bounds of the buckets: powers of two from 1 µs to 16.8 s, and infinity. */
export const BUCKET_SECONDS = Array.from({ length: 25 }, (_, power) => 2 ** power / 1e6);
const HISTOGRAM_SIZE = BUCKET_SECONDS.length + 2;

const STATUS_INDEX = indexByNumber(STATUSES);
const SCALAR_INDEX = Object.fromEntries(SCALARS.map((name, index) => [name, index])) as Record<Scalar, number>;
const REQUESTS = SCALARS.length;
const DURATIONS = REQUESTS + METHODS.length * STATUSES.length;
const TIMINGS = DURATIONS + SIZE_CLASSES.length * HISTOGRAM_SIZE;
const LENGTH = TIMINGS + OPERATIONS.length * SIZE_CLASSES.length * HISTOGRAM_SIZE;
const OPERATION_BASE = Object.fromEntries(
  OPERATIONS.map((name, index) => [name, TIMINGS + index * SIZE_CLASSES.length * HISTOGRAM_SIZE]),
) as Record<OperationName, number>;

export type Counters = Float64Array;

export const COUNTERS_BYTES = LENGTH * Float64Array.BYTES_PER_ELEMENT;

/** A zeroed array in memory that threads share, or in a part of `memory`. */
export function createCounters(
  memory: ArrayBufferLike = new SharedArrayBuffer(COUNTERS_BYTES),
  offsetBytes = 0,
): Counters {
  return new Float64Array(memory, offsetBytes, LENGTH);
}

export function add(counters: Counters, name: Scalar, amount: number): void {
  const index = SCALAR_INDEX[name];
  counters[index] = (counters[index] as number) + amount;
}

export function set(counters: Counters, name: Scalar, value: number): void {
  counters[SCALAR_INDEX[name]] = value;
}

/** Counts a request and its answer; `millis` runs from the request's last octet to its answer. */
export function countRequest(counters: Counters, method: string, status: number, size: number, millis: number): void {
  countStatus(counters, method, status);
  addToHistogram(counters, DURATIONS + size * HISTOGRAM_SIZE, millis);
}

/** Counts an operation for a response of a size class; class 0 without a response. */
export function countOperation(counters: Counters, name: OperationName, size: number, millis: number): void {
  addToHistogram(counters, OPERATION_BASE[name] + size * HISTOGRAM_SIZE, millis);
}

/** Index into SIZE_CLASSES. */
export function sizeClass(bytes: number): number {
  let index = 0;
  while (bytes > (SIZE_CLASSES[index] as { upToBytes: number }).upToBytes) index++;
  return index;
}

/** Counts an answer to octets that never became a request. */
export function countStatus(counters: Counters, method: string, status: number): void {
  const statusIndex = STATUS_INDEX[status] ?? 0;
  const index = REQUESTS + methodIndex(method) * STATUSES.length + statusIndex;
  counters[index] = (counters[index] as number) + 1;
}

export function scalar(threads: readonly Counters[], name: Scalar): number {
  return sum(threads, SCALAR_INDEX[name]);
}

export function requests(threads: readonly Counters[], method: number, status: number): number {
  return sum(threads, REQUESTS + method * STATUSES.length + status);
}

export interface HistogramReading {
  /** Cumulative counts, one per bound in BUCKET_SECONDS. */
  buckets: number[];
  count: number;
  sumSeconds: number;
}

const NOTHING_READ: HistogramReading = { buckets: BUCKET_SECONDS.map(() => 0), count: 0, sumSeconds: 0 };

/** The durations of requests of a size class. */
export function durations(threads: readonly Counters[], sizeClassIndex: number): HistogramReading {
  return readHistogram(threads, DURATIONS + sizeClassIndex * HISTOGRAM_SIZE);
}

/** The times of an operation for responses of a size class. */
export function timings(threads: readonly Counters[], name: OperationName, sizeClassIndex: number): HistogramReading {
  return readHistogram(threads, OPERATION_BASE[name] + sizeClassIndex * HISTOGRAM_SIZE);
}

function addToHistogram(counters: Counters, base: number, millis: number): void {
  const micros = millis * 1000;
  const bucket = micros <= 1 ? 0 : Math.min(32 - Math.clz32(Math.ceil(micros) - 1), BUCKET_SECONDS.length);
  counters[base + bucket] = (counters[base + bucket] as number) + 1;
  const total = base + HISTOGRAM_SIZE - 1;
  counters[total] = (counters[total] as number) + millis / 1000;
}

function readHistogram(threads: readonly Counters[], base: number): HistogramReading {
  // Most histograms are empty, and all are read every second. One with a sum of 0 s and nothing in
  // the first bucket is empty.
  const sumSeconds = sum(threads, base + HISTOGRAM_SIZE - 1);
  if (sumSeconds === 0 && sum(threads, base) === 0) return NOTHING_READ;
  let count = 0;
  const buckets = BUCKET_SECONDS.map((_, bucket) => {
    count += sum(threads, base + bucket);
    return count;
  });
  count += sum(threads, base + BUCKET_SECONDS.length);
  return { buckets, count, sumSeconds };
}

function methodIndex(method: string): number {
  if (method === "GET") return 0;
  const index = METHODS.indexOf(method as (typeof METHODS)[number]);
  return index === -1 ? METHODS.length - 1 : index;
}

function sum(threads: readonly Counters[], index: number): number {
  let total = 0;
  for (const counters of threads) total += counters[index] as number;
  return total;
}

function indexByNumber(numbers: readonly number[]): Uint8Array {
  const table = new Uint8Array(1000);
  for (const [index, number] of numbers.entries()) table[number] = index;
  return table;
}
