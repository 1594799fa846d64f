// Ends test files that do not end by themselves: one that exceeds its bound, and one that stays
// alive after its last test because it left something open (node:test bounds single tests only).
// Reports which test was running.

import { readdirSync, readFileSync } from "node:fs";
import type { run } from "node:test";

export interface FileBounds {
  /** Of a whole file. */
  fileMillis: number;
  /** From the end of a file's last test to its own end. */
  leftOpenMillis: number;
}

interface RunningFile {
  startedMillis: number;
  /** Since when none of its tests has been running; null while one runs, and before the first. */
  emptySinceMillis: number | null;
  tests: Set<string>;
  isEnding: boolean;
}

const LOOK_EVERY_MILLIS = 500;
/** A file's time after SIGTERM to end what it has started; a busy loop never sees the signal. */
const ENDS_WITHIN_MILLIS = 5000;

/**
 * Watches the files of a run until the returned function is called. `say` receives a line for each
 * file that is ended.
 */
export function endUnending(
  events: ReturnType<typeof run>,
  bounds: FileBounds,
  say: (line: string) => void,
): () => void {
  const files = new Map<string, RunningFile>();
  events.on("test:dequeue", (event) => {
    const { name, file } = { name: event.name, file: fileOf(event) };
    if (file === undefined) return;
    const known = files.get(file);
    if (known === undefined) {
      files.set(file, { startedMillis: performance.now(), emptySinceMillis: null, tests: new Set(), isEnding: false });
    } else if (!file.endsWith(name)) {
      known.tests.add(name);
      known.emptySinceMillis = null;
    }
  });
  events.on("test:complete", (event) => {
    const { name, file } = { name: event.name, file: fileOf(event) };
    const known = files.get(file ?? "");
    if (known === undefined || file === undefined) return;
    if (file.endsWith(name)) files.delete(file);
    known.tests.delete(name);
    if (known.tests.size === 0) known.emptySinceMillis = performance.now();
  });
  const looking = setInterval(() => {
    for (const [path, file] of files) {
      const reason = file.isEnding ? null : reasonToEnd(file, bounds);
      if (reason === null) continue;
      file.isEnding = true;
      say(`${path}: ${reason}`);
      end(path);
    }
  }, LOOK_EVERY_MILLIS);
  return () => clearInterval(looking);
}

/** The file of the event's process. A test may be of another file, which that one imports. */
function fileOf({ file, entryFile }: { file?: string; entryFile?: string }): string | undefined {
  return entryFile ?? file;
}

function reasonToEnd(file: RunningFile, { fileMillis, leftOpenMillis }: FileBounds): string | null {
  const { startedMillis, emptySinceMillis, tests } = file;
  const now = performance.now();
  if (emptySinceMillis !== null && now - emptySinceMillis > leftOpenMillis)
    return `still alive ${leftOpenMillis / 1000} s after its last test, which left something open; it is ended`;
  if (now - startedMillis <= fileMillis) return null;
  return `not at its end within ${fileMillis / 1000} s; it is ended. Running: ${[...tests].join(" > ") || "none of its tests"}`;
}

function end(path: string): void {
  const pids = processesOf(path);
  signal(pids, "SIGTERM");
  setTimeout(() => signal(processesOf(path), "SIGKILL"), ENDS_WITHIN_MILLIS).unref();
}

/** This process's children whose command line contains the path. */
function processesOf(path: string): number[] {
  return readdirSync(`/proc/self/task`)
    .flatMap((thread) => readFileSync(`/proc/self/task/${thread}/children`, "utf8").trim().split(" "))
    .filter((pid) => pid !== "" && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(path))
    .map(Number);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {} // it has just ended
  }
}
