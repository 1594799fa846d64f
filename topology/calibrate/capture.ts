// What tcpdump wrote, read: when each test packet passed an end of the link. Both ends are on one kernel and so on one
// clock. The file format is that of pcap-savefile(5), with nanoseconds; Ethernet, IPv4, UDP or ICMP echo.

import { RttlabError } from "../../lib/errors.ts";

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
  /** Its number in the stream: iperf's, which is negative in the last one, or that of the echo. */
  sequence: number;
}

/** A packet that was really sent, and whether it arrived. */
export interface Flight {
  sentAtMillis: number;
  /** null: it never did. */
  arrivedAtMillis: number | null;
  frameBytes: number;
  stream: number;
}

/** The headers and the number behind them. */
const SNAP_BYTES = 64;

/**
 * tcpdump on the interface of a probe, from when it says "listening on" until its input ends. `--immediate-mode`, or what
 * is in the kernel's unfinished block would be lost at the end; `-Z root`, because it may not become another user.
 */
export const CAPTURE_COMMAND = [
  "sh",
  "-c",
  `tcpdump -Z root -i eth0 -p -n --immediate-mode -U -B 16384 --time-stamp-precision=nano -s ${SNAP_BYTES} -w - 'udp or icmp' &
read -r end; kill -INT $!; wait $!`,
];

/** Packets that passed and are not in the file, from what tcpdump says at its end; null when it said nothing. */
export function parseUncaptured(stderr: string): number | null {
  const dropped = /(\d+) packets? dropped by kernel/.exec(stderr);
  return dropped === null ? null : Number(dropped[1]);
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NANOSECOND_MAGIC = 0xa1b23c4d;
const ETHERNET_BYTES = 14;

/** Reads a capture file. Frames of other kinds are left out. Throws E_MEASUREMENT when it is not one. */
export function parseCaptureFile(file: Buffer): Sighting[] {
  if (file.length < FILE_HEADER_BYTES || file.readUInt32LE(0) !== NANOSECOND_MAGIC) {
    throw new RttlabError("E_MEASUREMENT", "reading a capture: tcpdump wrote none");
  }
  const sightings: Sighting[] = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= file.length; ) {
    const captured = file.readUInt32LE(at + 8);
    const frame = file.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + captured);
    if (frame.length < captured) break;
    const atMillis = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1e6;
    const facts = readFrame(frame);
    if (facts !== undefined) sightings.push({ atMillis, frameBytes: file.readUInt32LE(at + 12), ...facts });
    at += RECORD_HEADER_BYTES + captured;
  }
  return sightings;
}

const IPV4 = 0x0800;
const [ICMP, UDP] = [1, 17];
const [ECHO_REPLY, ECHO_REQUEST] = [0, 8];

function readFrame(frame: Buffer): Omit<Sighting, "atMillis" | "frameBytes"> | undefined {
  if (frame.length < ETHERNET_BYTES + 28 || frame.readUInt16BE(12) !== IPV4) return undefined;
  const payload = ETHERNET_BYTES + ((frame[ETHERNET_BYTES] as number) & 15) * 4;
  const protocol = frame[ETHERNET_BYTES + 9];
  const from = frame.subarray(ETHERNET_BYTES + 12, ETHERNET_BYTES + 16).join(".");
  if (protocol === UDP && frame.length >= payload + 12) {
    return { from, kind: "udp", stream: frame.readUInt16BE(payload), sequence: frame.readInt32BE(payload + 8) };
  }
  const type = frame[payload];
  if (protocol !== ICMP || (type !== ECHO_REQUEST && type !== ECHO_REPLY)) return undefined;
  const kind = type === ECHO_REQUEST ? "request" : "reply";
  return { from, kind, stream: frame.readUInt16BE(payload + 4), sequence: frame.readUInt16BE(payload + 6) };
}

/** What the near end saw leave from `from`, in that order, each with when the far end saw it arrive. */
export function flights(
  near: readonly Sighting[],
  far: readonly Sighting[],
  from: string,
  kind: Sighting["kind"],
): Flight[] {
  const key = ({ stream, sequence }: Sighting) => stream * 2 ** 32 + Math.abs(sequence);
  const of = (sightings: readonly Sighting[]) => sightings.filter((each) => each.from === from && each.kind === kind);
  const arrivals = new Map(of(far).map((sighting) => [key(sighting), sighting.atMillis]));
  return of(near).map((sent) => ({
    sentAtMillis: sent.atMillis,
    frameBytes: sent.frameBytes,
    stream: sent.stream,
    arrivedAtMillis: arrivals.get(key(sent)) ?? null,
  }));
}
