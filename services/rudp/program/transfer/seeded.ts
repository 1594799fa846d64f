// Byte streams that both ends know. The seed and the offset give each byte, so one end generates
// the stream, the other checks every byte, and neither stores what was sent. The file needs no
// clock and no socket: the lab uses it too.

import { RttlabError } from "../../../../lib/errors.ts";

const CHUNK_BYTES = 65_536;

/** The byte at `offset` of the stream with this seed. */
function streamByte(seed: number, offset: number): number {
  return Math.imul(offset + seed, 0x9e3779b1) >>> 24;
}

export function fillStream(seed: number, offset: number, into: Uint8Array, length = into.length): void {
  for (let i = 0; i < length; i++) into[i] = streamByte(seed, offset + i);
}

/** Index of the first of `length` bytes that differs from the stream, or -1. */
export function firstDifference(seed: number, offset: number, bytes: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) if (bytes[i] !== streamByte(seed, offset + i)) return i;
  return -1;
}

/**
 * The stream of a seed, `bytes` long or endless, until `isEnough` returns true. Each chunk reuses
 * the memory of the one before.
 */
export function* seededStream(seed: number, bytes: number | null, isEnough = () => false): Generator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let sent = 0; (bytes === null || sent < bytes) && !isEnough(); sent += CHUNK_BYTES) {
    const length = bytes === null ? CHUNK_BYTES : Math.min(CHUNK_BYTES, bytes - sent);
    fillStream(seed, sent, chunk, length);
    yield chunk.subarray(0, length);
  }
}

/**
 * Checks received data against the stream of a seed. Throws E_RUDP_CORRUPT with the offset of the
 * first byte that differs.
 */
export function checkAgainst(seed: number): (bytes: Uint8Array) => void {
  let received = 0;
  return (bytes) => {
    const at = firstDifference(seed, received, bytes, bytes.length);
    if (at >= 0) {
      throw new RttlabError("E_RUDP_CORRUPT", `checking a stream: byte ${received + at} is not what was sent`);
    }
    received += bytes.length;
  };
}

/** Seed of the stream that answers a `talk`. */
export function answerSeed(seed: number): number {
  return seed + 1;
}
