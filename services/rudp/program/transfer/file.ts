// A file as source or destination of a transfer. Received data goes to a file beside the
// destination, which is renamed when it is complete: an interrupted transfer leaves no file that
// looks whole.

import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { RttlabError } from "../../../../lib/errors.ts";
import { print } from "../../../../lib/program.ts";
import type { Destination } from "./serve.ts";

/** `-`: stdin, or stdout. */
export const STANDARD = "-";

export interface Source {
  chunks: AsyncIterable<Uint8Array>;
  /** null while the length is unknown. */
  bytes: number | null;
  /**
   * Stops reading. A source that waits for input from a terminal does not keep the program alive.
   */
  close(): void;
}

/** Throws E_RUDP_FILE when the file cannot be read. */
export async function openSource(path: string): Promise<Source> {
  if (path === STANDARD) return sourceOf(process.stdin, null);
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new Error("it is a folder");
    return sourceOf(createReadStream(path, { highWaterMark: 65_536 }), found.isFile() ? found.size : null);
  } catch (cause) {
    throw fileError("reading", path, cause);
  }
}

/** Throws E_RUDP_FILE when the file cannot be written, now or later. */
export async function openDestination(path: string): Promise<Destination> {
  if (path === STANDARD) return standardOutput();
  // Pipes and devices are written directly: they cannot be renamed, and never look like a whole
  // file.
  const isPlain = await stat(path).then(
    (found) => found.isFile(),
    () => true,
  );
  const partial = isPlain ? `${path}.part` : path;
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw fileError("writing", path, cause);
    }
  };
  const file: FileHandle = await attempt(() => open(partial, "w"));
  return {
    write: (bytes) => attempt(() => file.writeFile(bytes)),
    finish: () =>
      attempt(async () => {
        if (isPlain) await file.sync();
        await file.close();
        if (isPlain) await rename(partial, path);
      }),
    async discard() {
      // Before anything else, because closing waits for pending writes.
      if (isPlain) await rm(partial, { force: true });
      await file.close().catch(() => {});
    },
  };
}

function sourceOf(stream: Readable, bytes: number | null): Source {
  return { chunks: stream, bytes, close: () => void stream.destroy() };
}

function standardOutput(): Destination {
  return { write: print, async finish() {}, async discard() {} };
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  EACCES: "it is not allowed",
  EROFS: "that disk cannot be written",
};

function fileError(attempt: string, path: string, cause: unknown): RttlabError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return new RttlabError("E_RUDP_FILE", `${attempt} ${path}: ${REASONS[code] ?? message}`, { cause });
}
