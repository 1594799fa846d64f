// How every kind of socket treats its output.

import { close } from "node:fs";
import type { Piece } from "./piece.ts";

/** Buffers are copied together up to this size, so that a batch of small responses is one write. */
export const COPIED_TOGETHER_BYTES = 65_536;
/**
 * Larger buffers are never worth a file in memory. From this size on, the beginning of a content
 * goes with its head.
 */
export const LARGE_BYTES = 262_144;
/** Files are read and sent in parts of this size. */
export const FILE_CHUNK_BYTES = 262_144;

/** Closes the files whose last range is among the pieces. */
export function closeFiles(pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (!Buffer.isBuffer(piece) && piece.closes) close(piece.descriptor, () => {});
  }
}
