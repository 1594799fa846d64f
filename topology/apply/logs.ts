// A container's log as lines: existing ones, or also new ones.

import { createInterface } from "node:readline";
import { PassThrough, pipeline, Readable } from "node:stream";
import { deliverFrames } from "./delivery.ts";
import { attempt, type Engine } from "./docker.ts";

export interface LogOptions {
  /**
   * Continues until the container stops or `signal` aborts; otherwise only existing lines are read.
   */
  follow?: boolean;
  /** At most so many lines from the end; all by default. */
  tail?: number;
  signal?: AbortSignal;
}

/**
 * The lines of a container's stdout and stderr, in order. Breaking out of the loop ends the stream.
 */
export async function* logLines(
  { docker }: Engine,
  container: string,
  { follow = false, tail, signal }: LogOptions = {},
): AsyncGenerator<string> {
  const options = { stdout: true, stderr: true, ...(tail !== undefined && { tail }) };
  const log = docker.getContainer(container);
  const both = new PassThrough();
  const asked: Promise<NodeJS.ReadableStream | Buffer> = follow
    ? log.logs({ ...options, follow: true })
    : log.logs({ ...options, follow: false });
  const source = await attempt(`reading the log of ${container}`, asked);
  const frames = Buffer.isBuffer(source) ? Readable.from([source]) : (source as Readable);
  // The sink ends when all frames have been delivered, even if the source closes long before.
  pipeline(frames, deliverFrames(both, both), () => both.end());
  const stop = () => both.end();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    yield* createInterface({ input: both });
  } finally {
    signal?.removeEventListener("abort", stop);
    frames.destroy();
  }
}
