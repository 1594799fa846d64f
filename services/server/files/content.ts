// The octets of a file that was found, from memory or from the open file as the client reads.

import { constants } from "node:fs";
import type { Piece } from "../../../lib/sockets/piece.ts";
import type { Response } from "../http/message.ts";
import type { Outline } from "../http/representation.ts";
import { closeFile, type OpenedFile, openFile, readStart, type Steps } from "./operation.ts";

/** Opens a file that was found. Null if it has become something that may not be read. */
export function* openFound(path: string): Steps<OpenedFile | null> {
  const file = yield* openFile(path);
  if (file.stats.isFile() && (file.stats.mode & constants.S_IROTH) !== 0) return file;
  yield* closeFile(file.descriptor);
  return null;
}

export function* readAll({ descriptor, stats }: OpenedFile): Steps<Buffer> {
  try {
    return yield* readStart(descriptor, stats.size);
  } finally {
    yield* closeFile(descriptor);
  }
}

export function withContent({ status, fields, content }: Outline, octets: Buffer): Response {
  const pieces = content.map((piece) => (Buffer.isBuffer(piece) ? piece : octets.subarray(piece.start, piece.end)));
  return { status, fields, content: pieces };
}

export function withoutContent({ status, fields }: Outline): Response {
  return { status, fields, content: [] };
}

/** The file stays open for the ranges to be sent, and is closed if there are none. */
export function* fromFile({ descriptor }: OpenedFile, { status, fields, content }: Outline): Steps<Response> {
  const last = content.findLastIndex((piece) => !Buffer.isBuffer(piece));
  if (last === -1) yield* closeFile(descriptor);
  const pieces = content.map(
    (piece, index): Piece => (Buffer.isBuffer(piece) ? piece : { descriptor, ...piece, closes: index === last }),
  );
  return { status, fields, content: pieces };
}
