// Alarms by timerfd_create(2), which the poller watches like a connection.

import type { Alarm } from "./dial.ts";
import * as libc from "./libc.ts";
import { CHANGES, type Pollable, type Poller, READABLE } from "./poller.ts";

/** How often a timer has rung is read into it, and is always once. */
const expirations = libc.allocate(8);

/** A timer of the kernel, exact to some ten microseconds. */
export class EpollAlarm implements Alarm, Pollable {
  #descriptor = libc.checked("timerfd_create", libc.timerfd_create(libc.CLOCK_MONOTONIC, libc.NONBLOCK | libc.CLOEXEC));
  #ring: () => void;
  /**
   * struct itimerspec: the interval, then the time until it rings, each in seconds and nanoseconds.
   */
  #setting = libc.allocate(32);
  #words = new BigInt64Array(this.#setting.bytes.buffer);

  constructor(poller: Poller, ring: () => void) {
    this.#ring = ring;
    poller.watch(this.#descriptor, CHANGES | READABLE, this);
  }

  set(atMillis: number): void {
    // A nanosecond is the least: none would stop the timer.
    this.#start(Math.max(1, Math.round((atMillis - performance.now()) * 1e6)));
  }

  clear(): void {
    this.#start(0);
  }

  ready(): void {
    if (libc.read(this.#descriptor, expirations.pointer, 8) === 8) this.#ring();
  }

  close(): void {
    libc.close(this.#descriptor);
    this.#descriptor = -1;
  }

  /** Of a dialler that is closed it sets nothing. */
  #start(nanos: number): void {
    if (this.#descriptor < 0) return;
    const seconds = Math.floor(nanos / 1e9);
    this.#words[2] = BigInt(seconds);
    this.#words[3] = BigInt(nanos - seconds * 1e9);
    libc.checked("timerfd_settime", libc.timerfd_settime(this.#descriptor, 0, this.#setting.pointer, libc.NULL));
  }
}
