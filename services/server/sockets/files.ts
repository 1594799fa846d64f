// The files among the pieces that are sent.

import { close } from "node:fs";
import type { Piece } from "../http/message.ts";

/** Closes the files whose last range is among the pieces. */
export function closeFiles(pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (!Buffer.isBuffer(piece) && piece.closes) close(piece.descriptor, () => {});
  }
}
