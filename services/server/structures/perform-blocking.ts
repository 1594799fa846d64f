// Performs the steps to an answer with blocking calls, in the thread that asks. The two look-ups of
// names come from outside, because Node has no blocking ones.

import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { OPEN_FLAGS, type Operation, type Steps } from "../files/operation.ts";
import { octetsOf, systemPath } from "../files/path.ts";

/** Blocking look-ups of names. An unknown name or address has an empty list. */
export interface NameLookups {
  namesOf(address: string): string[];
  addressesOf(name: string): string[];
}

/** Without a way to look names up, rules that need one fail with a 500, which lets nobody in. */
const NO_LOOKUPS: NameLookups = { namesOf: cannotLookUp, addressesOf: cannotLookUp };

/** Runs `steps` to their end and calls `onOperation` with each operation's name and duration. */
export function performBlocking<T>(
  steps: Steps<T>,
  onOperation: (op: Operation["op"], millis: number) => void = () => {},
  lookups: NameLookups = NO_LOOKUPS,
): T {
  let step = steps.next();
  while (!step.done) {
    const { value: operation } = step;
    const began = performance.now();
    let result: unknown;
    let failed = false;
    try {
      result = performOne(operation, lookups);
    } catch (error) {
      result = error;
      failed = true;
    }
    onOperation(operation.op, performance.now() - began);
    step = failed ? steps.throw(result) : steps.next(result);
  }
  return step.value;
}

function performOne(operation: Operation, lookups: NameLookups): unknown {
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
      return lookups.namesOf(operation.address);
    case "forward":
      return lookups.addressesOf(operation.name);
  }
}

function cannotLookUp(): never {
  throw new Error("looking up a name: this cannot be done with a blocking call");
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
