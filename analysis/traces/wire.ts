// The phases of TCP connections by the packets at both ends of a link, which no program at the
// connection's ends can see (RFC 9293, 3.5 and 3.6). Each phase lies between two packets that the
// same end sent, so the way there and back is in it once. Captures are those of pcap-savefile(5)
// with nanoseconds, of Ethernet and IPv4, on one clock; a packet that both ends saw counts where it
// was first.

import type { Buffer } from "node:buffer";

export interface WireConnection {
  /** `address:port` of the end that opened it, and of the other. */
  opener: string;
  other: string;
  /** From the SYN until the opener has acknowledged the answer; null: not seen to its end. */
  setupSeconds: number | null;
  /** From the opener's first octet until it has acknowledged the last one of the other. */
  transferSeconds: number | null;
  /** From the first FIN until its sender has acknowledged that of the other. */
  teardownSeconds: number | null;
  /**
   * Payload that the other end sent, and the segments of it of which nothing was new; null: the
   * captures lack its SYN, by whose number both are counted, or were full before its end.
   */
  bytes: number | null;
  resentSegments: number | null;
}

/** One that the captures of a link hold. */
export type CapturedConnection = WireConnection & { link: string };

interface Segment {
  atMillis: number;
  from: string;
  to: string;
  sequence: number;
  acknowledgement: number;
  payloadBytes: number;
  isSyn: boolean;
  isAck: boolean;
  isFin: boolean;
  /** Of the packet (RFC 791, 3.1). */
  identification: number;
}

/**
 * Connections whose first SYN was seen, in the order of these. A capture that has `mostPackets` may
 * lack what came later; null: unknown, so that each may.
 */
export function wireConnections(
  captures: readonly Buffer[],
  mostPackets: number | null = Number.POSITIVE_INFINITY,
): WireConnection[] {
  const records = captures.map(recordsIn);
  const full = records.filter(({ length }) => length > 0 && length >= (mostPackets ?? 0));
  const fullMillis = Math.min(...full.map((frames) => frames.at(-1)?.atMillis ?? 0));
  const seen = records.flatMap(segmentsIn).sort((one, other) => one.atMillis - other.atMillis);
  const byPair = Map.groupBy(firstOfEach(seen, identityOf), ({ from, to }) => [from, to].sort().join(" "));
  const all = [...byPair.values()].flatMap((segments) => {
    const opened = segments.filter(({ isSyn, isAck }) => isSyn && !isAck);
    const syns = firstOfEach(opened, ({ from, sequence }) => `${from} ${sequence}`);
    return syns.map((syn, at) => {
      const endMillis = syns[at + 1]?.atMillis ?? Number.POSITIVE_INFINITY;
      const own = segments.filter(({ atMillis }) => atMillis >= syn.atMillis && atMillis < endMillis);
      return { syn, own };
    });
  });
  return all
    .sort((one, other) => one.syn.atMillis - other.syn.atMillis)
    .map(({ syn, own }) => connectionOf(syn, own, fullMillis));
}

function firstOfEach<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return [...Map.groupBy(items, key).values()].flatMap(([first]) => first ?? []);
}

/** The same for each sight of one packet. */
function identityOf({ atMillis: _, ...packet }: Segment): string {
  return Object.values(packet).join(" ");
}

function connectionOf(syn: Segment, segments: readonly Segment[], fullMillis: number): WireConnection {
  const ofOpener = segments.filter(({ from }) => from === syn.from);
  const ofOther = segments.filter(({ from }) => from === syn.to);
  const ends = { opener: syn.from, other: syn.to };
  const teardown = teardownSeconds(ofOpener, ofOther);
  const answer = ofOther.find(({ isSyn }) => isSyn);
  const unknown = { ...ends, transferSeconds: null, bytes: null, resentSegments: null, teardownSeconds: teardown };
  if (answer === undefined) return { ...unknown, setupSeconds: null };
  const setupSeconds = secondsBetween(syn, acknowledgementOf(answer, ofOpener));
  const isWhole = teardown !== null && (segments.at(-1)?.atMillis ?? 0) <= fullMillis;
  if (fullMillis < Number.POSITIVE_INFINITY && !isWhole) return { ...unknown, setupSeconds };
  const begin = answer.sequence;
  const lastOctet = Math.max(0, ...ofOther.map((segment) => endOf(segment, begin)));
  const asked = ofOpener.find(({ payloadBytes }) => payloadBytes > 0);
  const isDone = (segment: Segment) => segment.isAck && after(begin, segment.acknowledgement) >= lastOctet;
  const received = lastOctet > 1 ? ofOpener.find(isDone) : undefined;
  return {
    ...ends,
    setupSeconds,
    transferSeconds: secondsBetween(asked, received),
    teardownSeconds: teardown,
    bytes: Math.max(0, lastOctet - 1),
    resentSegments: resentIn(ofOther, begin),
  };
}

function teardownSeconds(ofOpener: readonly Segment[], ofOther: readonly Segment[]): number | null {
  const closes = [ofOpener, ofOther].map((own) => ({ own, fin: own.find(({ isFin }) => isFin) }));
  const [first, second] = closes.sort((one, other) => (one.fin?.atMillis ?? 0) - (other.fin?.atMillis ?? 0));
  if (first?.fin === undefined || second?.fin === undefined) return null;
  return secondsBetween(first.fin, acknowledgementOf(second.fin, first.own));
}

/** The first of these segments that acknowledges all of that one. */
function acknowledgementOf(segment: Segment, of: readonly Segment[]): Segment | undefined {
  const wanted = segment.payloadBytes + 1; // SYN and FIN take a number (RFC 9293, 3.4)
  return of.find(({ isAck, atMillis, acknowledgement }) => {
    const acknowledged = after(segment.sequence, acknowledgement);
    return isAck && atMillis >= segment.atMillis && acknowledged >= wanted && acknowledged < HALF;
  });
}

/** Segments with payload, none of which is new. */
function resentIn(segments: readonly Segment[], begin: number): number {
  let [highest, count] = [0, 0];
  for (const segment of segments.filter(({ payloadBytes }) => payloadBytes > 0)) {
    if (endOf(segment, begin) <= highest) count += 1;
    highest = Math.max(highest, endOf(segment, begin));
  }
  return count;
}

const HALF = 2 ** 31;

/** Numbers wrap around at 2^32. */
function after(begin: number, sequence: number): number {
  return (sequence - begin) >>> 0;
}

function endOf({ sequence, payloadBytes }: Segment, begin: number): number {
  return payloadBytes === 0 ? 0 : after(begin, sequence) + payloadBytes;
}

function secondsBetween(from: Segment | undefined, to: Segment | undefined): number | null {
  return from === undefined || to === undefined ? null : (to.atMillis - from.atMillis) / 1000;
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const IPV4 = 0x0800;
const TCP = 6;
const [FIN, SYN, ACK] = [1, 2, 16];

interface CapturedFrame {
  atMillis: number;
  frame: Buffer;
}

function recordsIn(capture: Buffer): CapturedFrame[] {
  const records: CapturedFrame[] = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= capture.length; ) {
    const begin = at + RECORD_HEADER_BYTES;
    const end = begin + capture.readUInt32LE(at + 8);
    const atMillis = capture.readUInt32LE(at) * 1000 + capture.readUInt32LE(at + 4) / 1e6;
    records.push({ atMillis, frame: capture.subarray(begin, end) });
    at = end;
  }
  return records;
}

function segmentsIn(records: readonly CapturedFrame[]): Segment[] {
  return records.flatMap(({ frame, atMillis }) => segmentOf(frame, atMillis) ?? []);
}

function segmentOf(frame: Buffer, atMillis: number): Segment | undefined {
  if (frame.length < ETHERNET_BYTES + 40 || frame.readUInt16BE(12) !== IPV4) return undefined;
  const packet = frame.subarray(ETHERNET_BYTES);
  if (packet.readUInt8(9) !== TCP) return undefined;
  const headerBytes = (packet.readUInt8(0) & 15) * 4;
  const segment = packet.subarray(headerBytes);
  if (segment.length < 20) return undefined;
  const [sequence, acknowledgement] = [segment.readUInt32BE(4), segment.readUInt32BE(8)];
  const [source, destination] = [packet.subarray(12, 16).join("."), packet.subarray(16, 20).join(".")];
  const flags = segment.readUInt8(13);
  const payloadBytes = packet.readUInt16BE(2) - headerBytes - (segment.readUInt8(12) >> 4) * 4;
  const [from, to] = [`${source}:${segment.readUInt16BE(0)}`, `${destination}:${segment.readUInt16BE(2)}`];
  return {
    atMillis,
    from,
    to,
    sequence,
    acknowledgement,
    payloadBytes,
    isSyn: (flags & SYN) !== 0,
    isAck: (flags & ACK) !== 0,
    isFin: (flags & FIN) !== 0,
    identification: packet.readUInt16BE(4),
  };
}
