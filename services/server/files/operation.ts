// Operations on the file system and on name services, as data. Paths are octets (path.ts). The
// site's logic is a generator that yields operations and receives their results, so the same code
// runs with callbacks, through `perform`, and with blocking calls.

import { lookup, lookupService } from "node:dns/promises";
import { close, constants, fstat, lstat, open, read, realpath, type Stats, stat } from "node:fs";
import { isIP } from "node:net";
import { promisify } from "node:util";
import type { NameOperation } from "../access/evaluate.ts";
import { octetsOf, systemPath } from "./path.ts";

export type Operation =
  | NameOperation
  | { op: "stat"; path: string }
  | { op: "lstat"; path: string }
  | { op: "realpath"; path: string }
  | { op: "open"; path: string }
  | { op: "read"; descriptor: number; length: number }
  | { op: "close"; descriptor: number };

/** Logic that waits for operations and returns a `T`. A failed operation is thrown into it. */
export type Steps<T> = Generator<Operation, T, unknown>;

export function* statFile(path: string): Steps<Stats> {
  return (yield { op: "stat", path }) as Stats;
}

/** Of the link itself if the path is a symbolic link. */
export function* linkStat(path: string): Steps<Stats> {
  return (yield { op: "lstat", path }) as Stats;
}

export function* realPath(path: string): Steps<string> {
  return (yield { op: "realpath", path }) as string;
}

export interface OpenedFile {
  descriptor: number;
  /** Of the opened file, whatever its name means by now. */
  stats: Stats;
}

/** Opens for reading. Fails on a symbolic link, and does not wait for the other end of a pipe. */
export function* openFile(path: string): Steps<OpenedFile> {
  return (yield { op: "open", path }) as OpenedFile;
}

/** The first `length` bytes, or fewer if the file is shorter. */
export function* readStart(descriptor: number, length: number): Steps<Buffer> {
  return (yield { op: "read", descriptor, length }) as Buffer;
}

export function* closeFile(descriptor: number): Steps<void> {
  yield { op: "close", descriptor };
}

const OUT_OF_DESCRIPTORS = new Set(["EMFILE", "ENFILE"]);

/** Whether an operation failed because the process or the system has no descriptor left. */
export function isOutOfDescriptors(error: unknown): boolean {
  return OUT_OF_DESCRIPTORS.has((error as NodeJS.ErrnoException).code ?? "");
}

/**
 * Runs `steps` to their end on the thread pool and calls `onOperation` with each operation's name
 * and duration.
 */
export async function perform<T>(
  steps: Steps<T>,
  onOperation: (op: Operation["op"], millis: number) => void,
): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    const { value: operation } = step;
    const began = performance.now();
    let result: unknown;
    let failed = false;
    try {
      result = await performOne(operation);
    } catch (error) {
      result = error;
      failed = true;
    }
    onOperation(operation.op, performance.now() - began);
    step = failed ? steps.throw(result) : steps.next(result);
  }
  return step.value;
}

export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const fstatAsync = promisify(fstat);
const statAsync = promisify(stat);
const lstatAsync = promisify(lstat);
const realpathAsync = (path: string | Buffer) =>
  new Promise<Buffer>((resolve, reject) =>
    realpath.native(path, "buffer", (error, real) => (error === null ? resolve(real) : reject(error))),
  );
const openAsync = promisify(open);
const closeAsync = promisify(close);
const readAsync = promisify(read);

function performOne(operation: Operation): Promise<unknown> {
  switch (operation.op) {
    case "stat":
      return statAsync(systemPath(operation.path));
    case "lstat":
      return lstatAsync(systemPath(operation.path));
    case "realpath":
      return realpathAsync(systemPath(operation.path)).then(octetsOf);
    case "open":
      return openRegular(operation.path);
    case "read":
      return readWhole(operation.descriptor, operation.length);
    case "close":
      return closeAsync(operation.descriptor);
    case "reverse":
      return namesOf(operation.address);
    case "forward":
      return addressesOf(operation.name);
  }
}

/**
 * By getnameinfo, which also asks /etc/hosts, as Apache does. Without a name it returns the address
 * itself.
 */
async function namesOf(address: string): Promise<string[]> {
  try {
    const { hostname } = await lookupService(address, 0);
    return isIP(hostname) === 0 ? [hostname] : [];
  } catch {
    return [];
  }
}

async function addressesOf(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

async function openRegular(path: string): Promise<OpenedFile> {
  const descriptor = await openAsync(systemPath(path), OPEN_FLAGS);
  return { descriptor, stats: await fstatAsync(descriptor) };
}

async function readWhole(descriptor: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await readAsync(descriptor, buffer, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
