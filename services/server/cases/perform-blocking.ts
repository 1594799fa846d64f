// Performs the site's steps with blocking calls, for tests. A structure with a thread or process
// per connection can do the same.

import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { OPEN_FLAGS, type Operation, type Steps } from "../files/operation.ts";
import { octetsOf, systemPath } from "../files/path.ts";

/** Runs `steps` to their end. */
export function performBlocking<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) {
    let result: unknown;
    try {
      result = performOne(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

function performOne(operation: Operation): unknown {
  switch (operation.op) {
    case "stat":
      return statSync(systemPath(operation.path));
    case "lstat":
      return lstatSync(systemPath(operation.path));
    case "realpath":
      return octetsOf(realpathSync.native(systemPath(operation.path), "buffer"));
    case "open": {
      const descriptor = openSync(systemPath(operation.path), OPEN_FLAGS);
      return { descriptor, stats: fstatSync(descriptor) };
    }
    case "read":
      return readWhole(operation.descriptor, operation.length);
    case "close":
      return closeSync(operation.descriptor);
    case "reverse":
    case "forward":
      // Node has no blocking look-up. The failure is a 500, which lets nobody in.
      throw new Error("looking up a name: this cannot be done with a blocking call");
  }
}

function readWhole(descriptor: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(descriptor, buffer, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
