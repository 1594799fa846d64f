// Processor time and memory of the server: of its own process, and of those that are its workers.
// Source: proc_pid_stat(5), proc_pid_statm(5).

import { readFileSync } from "node:fs";

export interface ProcessUsage {
  /** CPU time since the reader was made, of all threads and processes, in microseconds. */
  user: number;
  system: number;
  /** Of worker processes only what they do not share, because each has Node's program mapped. */
  residentBytes: number;
}

/** The kernel shows times in hundredths of a second, whatever its own clock. */
const MICROS_PER_TICK = 10_000;
const PAGE_BYTES = 4_096;

/**
 * Reads the usage of this process and its workers. `workers` returns the ids of those that run; the
 * kernel adds those that have ended to their parent's account, which outlasts execve(2), so that
 * times of what the process was before are subtracted. Reading takes a descriptor; where it fails
 * for lack of one, what was read last stands, and the other metrics can say that.
 */
export function usageReader(workers?: () => readonly number[]): () => ProcessUsage {
  const read = readerOf(workers);
  const before = read();
  let last = before;
  return () => {
    try {
      last = read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EMFILE") throw error;
    }
    return { ...last, user: last.user - before.user, system: last.system - before.system };
  };
}

function readerOf(workers?: () => readonly number[]): () => ProcessUsage {
  if (workers === undefined) return () => ({ ...process.cpuUsage(), residentBytes: process.memoryUsage.rss() });
  let [user, system] = [0, 0];
  return () => {
    const own = process.cpuUsage();
    const living = workers().flatMap(usageOf);
    const ended = timesOf("self", CHILDREN);
    const sum = (value: (one: ProcessUsage) => number) => living.reduce((total, one) => total + value(one), 0);
    // A worker that ends between two reads is missed once or counts twice; a counter never falls.
    user = Math.max(user, own.user + ended.user + sum((one) => one.user));
    system = Math.max(system, own.system + ended.system + sum((one) => one.system));
    return { user, system, residentBytes: process.memoryUsage.rss() + sum((one) => one.residentBytes) };
  };
}

/** Places in /proc/PID/stat after the name, which may hold anything. */
const OWN = 11;
const CHILDREN = 13;

function timesOf(pid: number | "self", place: number): { user: number; system: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { user: Number(fields[place]) * MICROS_PER_TICK, system: Number(fields[place + 1]) * MICROS_PER_TICK };
}

/** Nothing of a process that has just ended. */
function usageOf(pid: number): ProcessUsage[] {
  try {
    const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ").map(Number);
    return [{ ...timesOf(pid, OWN), residentBytes: (resident - shared) * PAGE_BYTES }];
  } catch {
    return [];
  }
}
