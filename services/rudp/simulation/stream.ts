// A stream of bytes that is known at every offset, so that either end can check what it reads without keeping what was sent.

/** The byte at `offset` of the stream `seed`. */
export function streamByte(seed: number, offset: number): number {
  return Math.imul(offset + seed, 0x9e3779b1) >>> 24;
}

export function fillStream(seed: number, offset: number, into: Uint8Array, length = into.length): void {
  for (let i = 0; i < length; i++) into[i] = streamByte(seed, offset + i);
}

/** The index of the first of `length` bytes that is not the stream's, or -1. */
export function firstDifference(seed: number, offset: number, bytes: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) if (bytes[i] !== streamByte(seed, offset + i)) return i;
  return -1;
}
