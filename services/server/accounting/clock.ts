// The clock of an event loop, read once where one operation ends and the next begins. Everything on
// the loop shares it, because a loop does one thing at a time: a lap is the time since anyone last
// read the clock.

import { performance } from "node:perf_hooks";

export class Clock {
  /** Time of the last reading in milliseconds, as performance.now() gives it. */
  last = performance.now();
  /** The wall clock when performance.now() was 0. */
  #wallOrigin = Date.now() - this.last;

  /** Milliseconds since the last reading; reads the clock. */
  lap(): number {
    const before = this.last;
    this.last = performance.now();
    return this.last - before;
  }

  /**
   * The wall clock at the last reading, in milliseconds since the epoch. After the system's clock
   * was set, `synchronize` corrects it.
   */
  wallMillis = (): number => this.last + this.#wallOrigin;

  synchronize(): void {
    this.#wallOrigin = Date.now() - performance.now();
  }
}
