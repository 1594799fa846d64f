// The clock of an event loop, read once where one operation ends and the next begins: a loop does one thing at a time.

import { performance } from "node:perf_hooks";

export class Clock {
  /** When it was last looked at, in milliseconds, as performance.now() has it. */
  last = performance.now();

  /** Milliseconds since the last look. */
  lap(): number {
    const before = this.last;
    this.last = performance.now();
    return this.last - before;
  }
}
