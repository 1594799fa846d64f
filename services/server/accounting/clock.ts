// The clock of an event loop, read once where one operation ends and the next begins. All that runs
// on the loop shares it, for a loop does one thing at a time: a lap is the time since anyone last
// looked.

import { performance } from "node:perf_hooks";

export class Clock {
  /** The time of the last look, in milliseconds, as performance.now() has it. */
  last = performance.now();
  /** The wall clock when performance.now() was 0. */
  #wallOrigin = Date.now() - this.last;

  /** Milliseconds since the last look. */
  lap(): number {
    const before = this.last;
    this.last = performance.now();
    return this.last - before;
  }

  /**
   * The wall clock at the last look, in milliseconds since the epoch. Once it is set anew,
   * `synchronize` corrects this.
   */
  wallMillis = (): number => this.last + this.#wallOrigin;

  synchronize(): void {
    this.#wallOrigin = Date.now() - performance.now();
  }
}
