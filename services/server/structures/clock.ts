// The clock of an event loop, read once where one operation ends and the next begins: a loop does one thing at a time.

import { performance } from "node:perf_hooks";

export class Clock {
  /** When it was last looked at, in milliseconds, as performance.now() has it. */
  last = performance.now();
  /** The wall clock at zero of that one. */
  #wallOrigin = Date.now() - this.last;

  /** Milliseconds since the last look. */
  lap(): number {
    const before = this.last;
    this.last = performance.now();
    return this.last - before;
  }

  /** The wall clock at the last look, in milliseconds since the epoch; when somebody sets it, right again after `synchronize`. */
  wallMillis = (): number => this.last + this.#wallOrigin;

  synchronize(): void {
    this.#wallOrigin = Date.now() - performance.now();
  }
}
