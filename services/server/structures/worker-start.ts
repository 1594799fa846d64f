// The data that a blocking worker, a thread or a process, receives at its start.

import type { RudpHandle } from "../transport/rudp-port.ts";
import type { StructureConfig } from "./structure.ts";

/** The longest wait in a system call. A time-out is late by that much at most. */
export const SLICE_MILLIS = 100;
/** The message of a thread that serves no connection of RUDP. */
export const FREE = "free";

export interface WorkerStart {
  config: StructureConfig;
  worker: number;
  workers: number;
  /** `accept`: takes connections of the listener; `serve`: serves one connection and ends. */
  task: "accept" | "serve";
  /** The listener, or the connection; -1: neither, because both come otherwise. */
  descriptor: number;
  /** A connection of RUDP's, for a thread. */
  handle?: RudpHandle | undefined;
  /** When it was asked for, in milliseconds since the epoch. */
  askedMillis: number;
}

/** A time that threads and processes understand alike, to fractions of a millisecond. */
export function epochMillis(): number {
  return performance.timeOrigin + performance.now();
}
