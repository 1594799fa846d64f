// Sequence numbers. On the wire they are 32 bits and wrap; inside they are indices that do not: 0 is the SYN, 1 the first data
// segment, and so on up to 2^53. A wire number is read as the index nearest to one that is known, as QUIC does (RFC 9000, A.3);
// all other code then compares with plain < and >. Right as long as fewer than 2^31 segments are in flight; a queue holds at most 2^20.
// Numbers count segments, not bytes: a segment is never split again, so one number is one slot in every ring, and the
// space lasts 4.3 TB before it wraps, which makes protection against old wrapped segments (PAWS) needless.

/** The 32-bit number that stands for `index` in a stream whose SYN had the number `initial`. */
export function toWire(index: number, initial: number): number {
  return (initial + index) >>> 0;
}

/** The index nearest to `near` that the 32-bit number `wire` can stand for; negative for numbers from before the SYN. */
export function fromWire(wire: number, initial: number, near: number): number {
  return near + ((wire - initial - near) | 0);
}
