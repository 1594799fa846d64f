// Reads tcpdump's output: when each test packet passed an end of the link. Both ends are on one
// kernel and so on one clock. The file format is that of pcap-savefile(5), with nanoseconds;
// Ethernet, IPv4, UDP or ICMP echo.

import { RttlabError } from "../../lib/errors.ts";
import { STREAM_PORT } from "./measurements/stream.ts";

/** A packet as one end saw it. */
export interface Sighting {
  /** Since the epoch; a double keeps a quarter of a microsecond of it. */
  atMillis: number;
  /** The whole frame without its checksum, as a link counts it. */
  frameBytes: number;
  /** Address of the sender. */
  from: string;
  kind: "udp" | "request" | "reply";
  /** Source port of a UDP stream, identifier of an echo. */
  stream: number;
  /**
   * Its number in the stream: iperf's, which is negative in the last packet, or that of the echo.
   */
  sequence: number;
  /** Whether a whole UDP packet has another checksum than its own: what it says may be wrong. */
  isDamaged: boolean;
}

/** A packet that was really sent, and whether it arrived. */
export interface Flight {
  sentAtMillis: number;
  /** null: it never did, or not as it was sent. */
  arrivedAtMillis: number | null;
  /** How many more times it arrived. */
  copies: number;
  frameBytes: number;
  stream: number;
}

/** One that arrived. */
export type Passage = Flight & { arrivedAtMillis: number };

/** The headers and the number behind them. */
const SNAP_BYTES = 64;

/**
 * tcpdump on the interface of a probe, from when it prints "listening on" until its input ends; a
 * line of input makes it print its counts. `--immediate-mode`, because packets would otherwise wait
 * in the kernel's unfinished block; `-Z root`, because it may not become another user.
 */
export const CAPTURE_COMMAND = [
  "sh",
  "-c",
  `tcpdump -Z root -i eth0 -p -n --immediate-mode -U -B 16384 --time-stamp-precision=nano -s ${SNAP_BYTES} -w - 'udp port ${STREAM_PORT} or icmp' &
while read -r line; do kill -USR1 $!; done
kill -INT $!; wait $!`,
];

/** tcpdump's counts: captured packets, passed ones, and those that it had no time for. */
export interface CaptureCounts {
  captured: number;
  received: number;
  dropped: number;
}

/** Reads the counts in a line of tcpdump's; undefined if it is another line. */
export function parseCaptureCounts(line: string): CaptureCounts | undefined {
  const counts = /(\d+) packets? captured, (\d+) packets? received by filter, (\d+) packets? dropped by kernel/;
  const [captured, received, dropped] = counts.exec(line)?.slice(1).map(Number) ?? [];
  if (captured === undefined || received === undefined || dropped === undefined) return undefined;
  return { captured, received, dropped };
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NANOSECOND_MAGIC = 0xa1b23c4d;
const ETHERNET_BYTES = 14;

/**
 * Reads a capture file piece by piece: returns a sighting for each packet that a piece completes,
 * null for one of another kind.
 */
export function captureReader(): (piece: Buffer) => (Sighting | null)[] {
  let rest: Buffer = Buffer.alloc(0);
  let isInside = false;
  return (piece) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    if (!isInside) {
      if (rest.length < FILE_HEADER_BYTES) return [];
      if (rest.readUInt32LE(0) !== NANOSECOND_MAGIC) {
        const said = rest.toString("latin1").slice(0, 200);
        throw new RttlabError(
          "E_MEASUREMENT",
          `reading a capture: it is none of tcpdump's with nanoseconds, but "${said}"`,
        );
      }
      rest = rest.subarray(FILE_HEADER_BYTES);
      isInside = true;
    }
    const sightings: (Sighting | null)[] = [];
    while (rest.length >= RECORD_HEADER_BYTES) {
      const end = RECORD_HEADER_BYTES + rest.readUInt32LE(8);
      if (rest.length < end) break;
      sightings.push(readRecord(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
    return sightings;
  };
}

function readRecord(record: Buffer): Sighting | null {
  const frame = record.subarray(RECORD_HEADER_BYTES);
  const facts = readFrame(frame, frame.length === record.readUInt32LE(12));
  const atMillis = record.readUInt32LE(0) * 1000 + record.readUInt32LE(4) / 1e6;
  return facts === undefined ? null : { atMillis, frameBytes: record.readUInt32LE(12), ...facts };
}

const IPV4 = 0x0800;
const [ICMP, UDP] = [1, 17];
const [ECHO_REPLY, ECHO_REQUEST] = [0, 8];

function readFrame(frame: Buffer, isWhole: boolean): Omit<Sighting, "atMillis" | "frameBytes"> | undefined {
  if (frame.length < ETHERNET_BYTES + 28 || frame.readUInt16BE(12) !== IPV4) return undefined;
  const payload = ETHERNET_BYTES + ((frame[ETHERNET_BYTES] as number) & 15) * 4;
  const protocol = frame[ETHERNET_BYTES + 9];
  const from = frame.subarray(ETHERNET_BYTES + 12, ETHERNET_BYTES + 16).join(".");
  if (protocol === UDP && frame.length >= payload + 12) {
    const isDamaged = isWhole && !isSummed(frame, payload);
    const sequence = frame.readInt32BE(payload + 8);
    return { from, kind: "udp", stream: frame.readUInt16BE(payload), sequence, isDamaged };
  }
  const type = frame[payload];
  if (protocol !== ICMP || (type !== ECHO_REQUEST && type !== ECHO_REPLY)) return undefined;
  const kind = type === ECHO_REQUEST ? "request" : "reply";
  const [stream, sequence] = [frame.readUInt16BE(payload + 4), frame.readUInt16BE(payload + 6)];
  return { from, kind, stream, sequence, isDamaged: false };
}

/** Whether the checksum of a UDP datagram is right (RFC 768): over both addresses, too. */
function isSummed(frame: Buffer, payload: number): boolean {
  if (frame.readUInt16BE(payload + 6) === 0) return true;
  let sum = UDP + frame.readUInt16BE(payload + 4);
  for (let at = payload - 8; at < frame.length; at += 2) {
    sum += at + 1 < frame.length ? frame.readUInt16BE(at) : (frame[at] as number) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

const keyOf = ({ stream, sequence }: Sighting) => stream * 2 ** 32 + Math.abs(sequence);

/** How many of the packets that the near end saw leave from `from` the far end has not seen. */
export function unseenBy(far: readonly Sighting[], near: readonly Sighting[], from: string): number {
  const arrived = new Set(far.filter((each) => each.from === from).map(keyOf));
  return near.filter((each) => each.from === from && !arrived.has(keyOf(each))).length;
}

/**
 * The packets that the near end saw leave from `from`, in that order, each with its first arrival
 * at the far end. Damaged packets count as not arrived.
 */
export function flights(
  near: readonly Sighting[],
  far: readonly Sighting[],
  from: string,
  kind: Sighting["kind"],
): Flight[] {
  const of = (sightings: readonly Sighting[]) => sightings.filter((each) => each.from === from && each.kind === kind);
  const whole = of(far).filter(({ isDamaged }) => !isDamaged);
  const arrivals = Map.groupBy(whole, keyOf);
  return of(near).map((sent) => {
    const arrived = arrivals.get(keyOf(sent)) ?? [];
    return {
      sentAtMillis: sent.atMillis,
      frameBytes: sent.frameBytes,
      stream: sent.stream,
      arrivedAtMillis: arrived[0]?.atMillis ?? null,
      copies: Math.max(0, arrived.length - 1),
    };
  });
}
