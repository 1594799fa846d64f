// Sequence numbers. On the wire they have 32 bits and wrap. Inside, they are indices that do not: 0
// is the SYN, 1 the first data segment, up to 2^53. A wire number is read as the index nearest to a
// known one, as in QUIC (RFC 9000 A.3), and all other code compares with plain < and >. This is
// right while fewer than 2^31 segments are in flight; a queue holds at most 2^20.
//
// Numbers count segments, not bytes. A segment is never split again, so a number is a slot in every
// ring, and the space lasts for 4.3 TB before it wraps. Protection against old wrapped segments
// (PAWS) is therefore unnecessary.

/** The 32-bit number of `index` in a stream whose SYN had the number `initial`. */
export function toWire(index: number, initial: number): number {
  return (initial + index) >>> 0;
}

/**
 * The index nearest to `near` that the 32-bit number `wire` can mean; negative for numbers from
 * before the SYN.
 */
export function fromWire(wire: number, initial: number, near: number): number {
  return near + ((wire - initial - near) | 0);
}
