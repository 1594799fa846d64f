// The frame of every program. Output reaches stdout completely or is an error, an error becomes a
// line on stderr and an exit status, and a reader that goes away (`… | head -1`) ends the program
// silently, as SIGPIPE would.

import { fstatSync, writeSync } from "node:fs";
import { Writable } from "node:stream";
import { describeError, exitStatus, RttlabError } from "./errors.ts";

/**
 * Runs a program to its end; `main` resolves to the exit status. When nothing is left to do, the
 * program leaves by process.exit(), which does not take down Node's environment: V8 may still
 * compile a call of C (sockets/libc.ts) beside it, and would read what has gone with it (Node
 * 26.10; SIGSEGV after two of sixty loads of three seconds, 2026-11-29; sockets/worker.ts has the
 * same of threads).
 */
export async function runProgram(main: () => Promise<number>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // the callback of each write has it
    stream.on("error", () => {});
    // what a thread writes goes nowhere then, for the thread could not end before it is read
    stream.on("unpipe", (thread) => thread.resume());
  }
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = reportError(error);
  }
  process.once("beforeExit", () => process.exit());
}

/**
 * Writes all of `text` to stdout. Rejects with E_BROKEN_PIPE if nobody reads it any more, E_OUTPUT
 * if no more can be written.
 */
export function print(text: string | Uint8Array): Promise<void> {
  return deliver("stdout", typeof text === "string" ? Buffer.from(text) : text);
}

/**
 * A sink that delivers to stdout or stderr. The first failure goes to `onFailure`; later output is
 * dropped.
 */
export function standardSink(name: "stdout" | "stderr", onFailure: (error: RttlabError) => void): Writable {
  let hasFailed = false;
  return new Writable({
    async write(chunk: Buffer, _encoding, done) {
      if (!hasFailed) {
        await deliver(name, chunk).catch((error: RttlabError) => {
          hasFailed = true;
          onFailure(error);
        });
      }
      done();
    },
  });
}

function reportError(error: unknown): number {
  const isSilent = error instanceof RttlabError && error.code === "E_BROKEN_PIPE";
  if (!isSilent) process.stderr.write(`${describeError(error)}\n`);
  return exitStatus(error);
}

async function deliver(name: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
  const { fd } = process[name];
  try {
    if (fstatSync(fd).isFile()) writeWhole(fd, bytes);
    else await written(process[name], bytes);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EPIPE") throw new RttlabError("E_BROKEN_PIPE", `writing to ${name}: nobody reads it any more`);
    throw new RttlabError("E_OUTPUT", `writing to ${name}: ${code === "ENOSPC" ? "no space is left there" : message}`);
  }
}

/** Node's own stream for files takes a partial write, as on a full disk, for a complete one. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function written(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  return promise;
}
