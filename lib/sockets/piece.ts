// A piece of a socket's output: octets, or a range of an open file.

import { Buffer } from "node:buffer";

/** A range of an open file. The sender closes `descriptor` after its last range (`closes`). */
export interface FileRange {
  descriptor: number;
  /** First byte, and the one after the last. */
  start: number;
  end: number;
  closes: boolean;
}

/** A piece of output: bytes, or a range of a file. */
export type Piece = Buffer | FileRange;

/**
 * `whole`: pieces that are sent together go to the kernel together, as far as that is cheap.
 * `parts`: each goes in a write of its own.
 */
export const WRITES = ["whole", "parts"] as const;
export type Writes = (typeof WRITES)[number];

/** The length of a piece in bytes. */
export function pieceLength(piece: Piece): number {
  return Buffer.isBuffer(piece) ? piece.length : piece.end - piece.start;
}
