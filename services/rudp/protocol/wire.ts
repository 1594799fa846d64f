// The segment on the wire: one UDP datagram each, numbers big-endian.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
//   |Version| SACKs |0|0|E|P|R|F|A|S|       Window >> shift         |
//   +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
//   |                   Destination connection id                   |  0 in a SYN: not known yet
//   +---------------------------------------------------------------+
//   |                      Source connection id                     |
//   +---------------------------------------------------------------+
//   |                        Sequence number                        |  counts segments, S and F too
//   +---------------------------------------------------------------+
//   |                     Acknowledgement number                    |  the next expected segment
//   +---------------------------------------------------------------+
//   |                      Timestamp, microseconds                  |
//   +---------------------------------------------------------------+
//   |                   Timestamp echo (RFC 7323)                   |
//   +---------------------------------------------------------------+
//   |                   CRC32C of all other bytes                   |
//   +---------------------------------------------------------------+
//   |  Shift (8)    |            0 (23)                           |K|  set-up, 20 bytes: for S
//   |                 Initial sequence of the sender                |  and E: window shift, K SACK
//   |                Cookie: minted at (server's clock)             |  permitted, and what lets a
//   |                     Cookie: MAC, 64 bits                      |  server without state know
//   |                                                               |  its own answer
//   +---------------------------------------------------------------+
//   |            SACK blocks: left edge (32), right edge (32)       |  0 to 4; right edge exclusive
//   +---------------------------------------------------------------+
//   |                   Data, 0 to 1000 bytes                       |  its length is the datagram's
//
// Flags: E cookie echo, P ping (answer at once), R reset, F last segment, A acknowledgement number
// is valid, S set-up.

import { crc32c } from "./crc32c.ts";

export const VERSION = 1;
export const SEGMENT_BYTES = 1000;
export const HEADER_BYTES = 32;
export const SETUP_BYTES = 20;
export const MAX_SACK_BLOCKS = 4;
/** The longest datagram that can be sent. */
export const DATAGRAM_BYTES = HEADER_BYTES + SETUP_BYTES + 8 * MAX_SACK_BLOCKS + SEGMENT_BYTES;

/** Its size on a path, with the headers of UDP and IP. */
export const PACKET_BYTES = { ipv4: DATAGRAM_BYTES + 28, ipv6: DATAGRAM_BYTES + 48 } as const;

export const SYN = 1;
export const ACK = 2;
export const FIN = 4;
export const RST = 8;
export const PING = 16;
export const ECHO = 32;
/**
 * The window of a reset that refuses one connection more than the port accepts. Other answers
 * without a connection have 0.
 */
export const RESET_FULL = 1;
const KNOWN_FLAGS = 63;
const CHECKSUM_AT = 28;

/**
 * The fields of one segment, all unsigned. The object is reused, so that no segment allocates one.
 */
export interface Segment {
  flags: number;
  /** As on the wire: segments, shifted right by the sender's shift. */
  window: number;
  destinationId: number;
  sourceId: number;
  sequence: number;
  acknowledgement: number;
  timestampMicros: number;
  echoMicros: number;
  sackCount: number;
  /** Pairs of left and right edge; the first 2·sackCount entries are valid. */
  sackEdges: Uint32Array;
  windowShift: number;
  sackPermitted: boolean;
  initialSequence: number;
  cookieMintedAt: number;
  cookieHigh: number;
  cookieLow: number;
  /**
   * The data are `payload[payloadStart .. payloadStart + payloadLength)`; decode does not copy
   * them.
   */
  payload: Uint8Array;
  payloadStart: number;
  payloadLength: number;
}

/**
 * Why a datagram was refused: `foreign` is another protocol, `damaged` fails its checksum,
 * `malformed` has impossible fields.
 */
export type Refusal = "foreign" | "damaged" | "malformed";

export function emptySegment(): Segment {
  return {
    flags: 0,
    window: 0,
    destinationId: 0,
    sourceId: 0,
    sequence: 0,
    acknowledgement: 0,
    timestampMicros: 0,
    echoMicros: 0,
    sackCount: 0,
    sackEdges: new Uint32Array(2 * MAX_SACK_BLOCKS),
    windowShift: 0,
    sackPermitted: false,
    initialSequence: 0,
    cookieMintedAt: 0,
    cookieHigh: 0,
    cookieLow: 0,
    payload: new Uint8Array(0),
    payloadStart: 0,
    payloadLength: 0,
  };
}

/**
 * Writes the segment at the beginning of `into` (at least DATAGRAM_BYTES long) and returns the
 * datagram's length.
 */
export function encode(segment: Segment, into: Uint8Array): number {
  into[0] = (VERSION << 4) | segment.sackCount;
  into[1] = segment.flags;
  into[2] = segment.window >>> 8;
  into[3] = segment.window;
  write32(into, 4, segment.destinationId);
  write32(into, 8, segment.sourceId);
  write32(into, 12, segment.sequence);
  write32(into, 16, segment.acknowledgement);
  write32(into, 20, segment.timestampMicros);
  write32(into, 24, segment.echoMicros);
  let at = HEADER_BYTES;
  if (segment.flags & (SYN | ECHO)) {
    write32(into, at, (segment.windowShift << 24) | (segment.sackPermitted ? 1 : 0));
    write32(into, at + 4, segment.initialSequence);
    write32(into, at + 8, segment.cookieMintedAt);
    write32(into, at + 12, segment.cookieHigh);
    write32(into, at + 16, segment.cookieLow);
    at += SETUP_BYTES;
  }
  for (let i = 0; i < 2 * segment.sackCount; i++, at += 4) write32(into, at, segment.sackEdges[i] as number);
  const { payload, payloadStart, payloadLength } = segment;
  if (payloadLength > 0) into.set(payload.subarray(payloadStart, payloadStart + payloadLength), at);
  at += payloadLength;
  write32(into, CHECKSUM_AT, crc32c(into, HEADER_BYTES, at, crc32c(into, 0, CHECKSUM_AT)));
  return at;
}

/**
 * Reads a datagram into `segment`; null if it is valid, else why it was refused (the segment's
 * fields are then meaningless).
 */
export function decode(datagram: Uint8Array, segment: Segment): Refusal | null {
  const length = datagram.length;
  if (length < HEADER_BYTES || (datagram[0] as number) >>> 4 !== VERSION) return "foreign";
  if (read32(datagram, CHECKSUM_AT) !== crc32c(datagram, HEADER_BYTES, length, crc32c(datagram, 0, CHECKSUM_AT))) {
    return "damaged";
  }
  const flags = datagram[1] as number;
  const sackCount = (datagram[0] as number) & 15;
  const hasSetup = (flags & (SYN | ECHO)) !== 0;
  const dataAt = HEADER_BYTES + (hasSetup ? SETUP_BYTES : 0) + 8 * sackCount;
  const dataLength = length - dataAt;
  if (sackCount > MAX_SACK_BLOCKS || dataLength < 0 || dataLength > SEGMENT_BYTES) return "malformed";
  if (contradicts(flags, dataLength)) return "malformed";
  segment.flags = flags;
  segment.window = ((datagram[2] as number) << 8) | (datagram[3] as number);
  segment.destinationId = read32(datagram, 4);
  segment.sourceId = read32(datagram, 8);
  segment.sequence = read32(datagram, 12);
  segment.acknowledgement = read32(datagram, 16);
  segment.timestampMicros = read32(datagram, 20);
  segment.echoMicros = read32(datagram, 24);
  segment.windowShift = hasSetup ? (datagram[HEADER_BYTES] as number) : 0;
  if (segment.windowShift > MAX_WINDOW_SHIFT) return "malformed";
  segment.sackPermitted = hasSetup && ((datagram[HEADER_BYTES + 3] as number) & 1) === 1;
  segment.initialSequence = hasSetup ? read32(datagram, HEADER_BYTES + 4) : 0;
  segment.cookieMintedAt = hasSetup ? read32(datagram, HEADER_BYTES + 8) : 0;
  segment.cookieHigh = hasSetup ? read32(datagram, HEADER_BYTES + 12) : 0;
  segment.cookieLow = hasSetup ? read32(datagram, HEADER_BYTES + 16) : 0;
  segment.sackCount = sackCount;
  for (let i = 0, at = dataAt - 8 * sackCount; i < 2 * sackCount; i++, at += 4) {
    segment.sackEdges[i] = read32(datagram, at);
  }
  segment.payload = datagram;
  segment.payloadStart = dataAt;
  segment.payloadLength = dataLength;
  return null;
}

/**
 * The largest shift with which a window stays below 2^20 segments, the capacity of the largest
 * queue.
 */
export const MAX_WINDOW_SHIFT = 4;

/** The names of the flags that are set, for logs and timelines. */
export function flagNames(flags: number): string[] {
  const names: [number, string][] = [
    [SYN, "SYN"],
    [ECHO, "ECHO"],
    [ACK, "ACK"],
    [FIN, "FIN"],
    [RST, "RST"],
    [PING, "PING"],
  ];
  return names.filter(([bit]) => flags & bit).map(([, name]) => name);
}

function contradicts(flags: number, dataLength: number): boolean {
  if ((flags & ~KNOWN_FLAGS) !== 0) return true;
  if (flags & SYN) return dataLength > 0 || (flags & (FIN | RST | PING | ECHO)) !== 0;
  if (flags & RST) return dataLength > 0 || (flags & (FIN | PING | ECHO)) !== 0;
  return (flags & ACK) === 0;
}

function write32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function read32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return (high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}
