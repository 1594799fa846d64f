// Writes the lines of a log at once, for threads and processes whose event loop does not turn. Node
// makes a pipe on stderr non-blocking for all that share it, so that a write fails (EAGAIN) while
// the reader lags: a log must neither break nor hold up for long what it reports.

import { writeSync } from "node:fs";

/** The longest wait for the reader, as in any other call of a worker that blocks: 100 ms. */
const PAUSE_MILLIS = 1;
const PAUSES = 100;

const NOTHING = Buffer.alloc(0);
/** Nobody wakes those who sleep on it. */
const bed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Returns a function that writes a line and says whether it did. After a wait in vain no further
 * line waits until the reader has taken something. A line that was cut off goes on before the next.
 */
export function lineWriter(descriptor: number): (line: string) => boolean {
  let pausesLeft = PAUSES;
  let cutOff: Buffer = NOTHING;
  /** Returns the octets that were not written. */
  const put = (octets: Buffer): Buffer => {
    let at = 0;
    while (at < octets.length) {
      try {
        at += writeSync(descriptor, octets, at);
        pausesLeft = PAUSES;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || pausesLeft === 0) break;
        pausesLeft--;
        Atomics.wait(bed, 0, 0, PAUSE_MILLIS);
      }
    }
    return octets.subarray(at);
  };
  return (line) => {
    if (cutOff.length > 0) cutOff = put(cutOff);
    if (cutOff.length > 0) return false;
    const octets = Buffer.from(line);
    const rest = put(octets);
    const isBegun = rest.length < octets.length;
    if (isBegun) cutOff = rest;
    return isBegun;
  };
}
