// Docker's progress stream of a build, pull or import: NDJSON in which a failure is one more line.

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/**
 * Reads progress to its end and calls `onLine` per line of text. Rejects with the error that a line
 * reports.
 */
export async function followProgress(stream: NodeJS.ReadableStream, onLine: (line: string) => void = () => {}) {
  for await (const record of createInterface({ input: stream as Readable })) {
    if (record.trim() === "") continue;
    const { stream: output, status, error } = JSON.parse(record) as Record<string, string | undefined>;
    if (error !== undefined) throw new Error(error.trim());
    for (const line of (output ?? status ?? "").split("\n")) if (line.trim() !== "") onLine(line.trimEnd());
  }
}
