// State that the workers of a pool share: whether the pool still serves, how many connections it
// has open, which descriptor each worker serves, and their counters. It is shared memory, because a
// worker that waits in a system call gets no messages.

import { COUNTERS_BYTES, type Counters, createCounters } from "../accounting/counters.ts";
import { type IdleTimeoutOptions, idleTimeoutMillis } from "./idle-timeout.ts";
import type { NewCounters } from "./structure.ts";

/** The stages of a pool's life: it takes connections; answers are the last; connections are cut. */
export const SERVING = 0;
export const DRAINING = 1;
export const OVER = 2;

const STAGE = 0;
const OPEN = 1;
const DESCRIPTORS = 2;
const NONE = -1;

export class PoolState {
  /** The counters of each worker. */
  readonly counters: readonly Counters[];
  #words: Int32Array;

  /** The memory that a pool of so many workers needs. */
  static bytes(workers: number): number {
    return wordBytes(workers) + workers * COUNTERS_BYTES;
  }

  constructor(memory: ArrayBufferLike, workers: number) {
    this.#words = new Int32Array(memory, 0, DESCRIPTORS + workers);
    const at = (worker: number) => wordBytes(workers) + worker * COUNTERS_BYTES;
    this.counters = Array.from({ length: workers }, (_, worker) => createCounters(memory, at(worker)));
  }

  get stage(): number {
    return Atomics.load(this.#words, STAGE);
  }

  set stage(stage: number) {
    Atomics.store(this.#words, STAGE, stage);
  }

  /** Connections open in all workers. */
  get open(): number {
    return Atomics.load(this.#words, OPEN);
  }

  /** Before its start no worker serves a connection, and its counters are the server's. */
  begin(newCounters: NewCounters): void {
    this.#words.fill(NONE, DESCRIPTORS);
    for (const counters of this.counters) newCounters(counters);
  }

  /** A worker serves the connection of this descriptor, or of this number below -1. */
  took(worker: number, descriptor: number): void {
    Atomics.store(this.#words, DESCRIPTORS + worker, descriptor);
    Atomics.add(this.#words, OPEN, 1);
  }

  /** Gives a connection to a thread that waits for one in `given`. */
  give(worker: number, number: number): void {
    this.took(worker, number);
    Atomics.notify(this.#words, DESCRIPTORS + worker);
  }

  /** Waits until the thread is given a connection; false if it is not within the time. */
  given(worker: number, millis: number): boolean {
    return (
      Atomics.wait(this.#words as Int32Array<SharedArrayBuffer>, DESCRIPTORS + worker, NONE, millis) !== "timed-out"
    );
  }

  /** The worker serves none. Returns the descriptor that it served, -1 if it had none. */
  gave(worker: number): number {
    const descriptor = Atomics.exchange(this.#words, DESCRIPTORS + worker, NONE);
    if (descriptor !== NONE) Atomics.sub(this.#words, OPEN, 1);
    return descriptor;
  }

  idleMillis(options: IdleTimeoutOptions): number {
    return idleTimeoutMillis(this.open, options);
  }
}

/** The counters behind the words are numbers of 8 bytes. */
function wordBytes(workers: number): number {
  return 8 * Math.ceil(((DESCRIPTORS + workers) * Int32Array.BYTES_PER_ELEMENT) / 8);
}
