// Alarms by timerfd_create(2), which the poller watches like a connection. For a time that is
// nearer than the timer's own way through the kernel the poller waits without sleeping.

import type { Alarm } from "./dial.ts";
import * as libc from "./libc.ts";
import { CHANGES, type Due, type Pollable, type Poller, READABLE } from "./poller.ts";

/** How often a timer has rung is read into it, and is always once. */
const expirations = libc.allocate(8);

/**
 * About what a sleep costs: in a virtual machine an awakening took 20 to 50 µs (2026-11-30), by
 * which every request of a quick open load was late, and every latency too long.
 */
const SLEEP_MILLIS = 0.05;

/** A timer of the kernel. */
export class EpollAlarm implements Alarm, Pollable {
  #descriptor = libc.checked("timerfd_create", libc.timerfd_create(libc.CLOCK_MONOTONIC, libc.NONBLOCK | libc.CLOEXEC));
  #poller: Poller;
  #due: Due;
  /**
   * struct itimerspec: the interval, then the time until it rings, each in seconds and nanoseconds.
   */
  #setting = libc.allocate(32);
  #words = new BigInt64Array(this.#setting.bytes.buffer);

  constructor(poller: Poller, ring: () => void) {
    this.#poller = poller;
    this.#due = { atMillis: Number.POSITIVE_INFINITY, ring };
    poller.watch(this.#descriptor, CHANGES | READABLE, this);
  }

  set(atMillis: number): void {
    const waitMillis = atMillis - performance.now();
    this.#due.atMillis = atMillis;
    if (waitMillis <= SLEEP_MILLIS && this.#poller.awaits(this.#due)) return;
    this.#poller.dismiss(this.#due);
    // A nanosecond is the least: none would stop the timer.
    this.#start(Math.max(1, Math.round(waitMillis * 1e6)));
  }

  clear(): void {
    this.#poller.dismiss(this.#due);
    this.#start(0);
  }

  ready(): void {
    if (libc.read(this.#descriptor, expirations.pointer, 8) === 8) this.#due.ring();
  }

  close(): void {
    this.#poller.dismiss(this.#due);
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
