// Threads of a program that calls C directly (libc.ts). Where a thread ended while V8 was compiling
// such a call of it beside it, V8 read what had gone with the thread, and the whole process ended
// with SIGSEGV or SIGTRAP (Node 26.10: each time within half a minute of threads that come and go;
// of 784 that compiled by themselves none, 2026-11-28). So threads compile by themselves, which
// only their first milliseconds show.

import { setFlagsFromString } from "node:v8";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** Starts a thread of the program. */
export function startWorker(program: URL, options: WorkerOptions): Worker {
  setFlagsFromString("--no-concurrent-recompilation");
  return new Worker(program, options);
}
