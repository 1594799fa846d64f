// Converts a testbed's traces to the lines of a trace file: the samplers' numbers under their
// names, in base units, from the request for the measurement until its end.

import type { TraceRow } from "../../analysis/traces/row.ts";
import type { RudpTrace } from "../../lib/contract/trace.ts";
import { DIRECTIONS } from "../../lib/link/link.ts";

/** As the samplers and services provide it. */
export interface TraceReading {
  /** Lines of lib/trace/sample.pl by host. */
  tcp: readonly { host: string; lines: string }[];
  rudp: readonly { host: string; connections: readonly RudpTrace[] }[];
  links: readonly { link: string; queues: string; clockOffsetMillis: number }[];
  /** Capture files by the suffix of their names after the run's number. */
  captures: readonly { name: string; file: Buffer }[];
  /** Names of hosts by address. */
  names: ReadonlyMap<string, string>;
}

export interface Window {
  run: number;
  cell: string;
  everyMillis: number;
  /** The most of a capture. */
  packets: number;
  /** Since the epoch. */
  beganMillis: number;
  endedMillis: number;
}

export function traceRows(reading: TraceReading, window: Window): TraceRow[] {
  const { run, cell, beganMillis, endedMillis, everyMillis, packets } = window;
  const secondsOf = (millis: number) => Math.round(millis - beganMillis) / 1000;
  const within = ({ millis }: { millis: number }) => millis >= beganMillis && millis <= endedMillis;
  const nameOf = (address: string) => reading.names.get(address) ?? address;
  const tcp = reading.tcp.flatMap(({ host, lines }) =>
    linesOf(lines)
      .filter(within)
      .map(tcpRow(host, secondsOf, nameOf)),
  );
  const rudp = reading.rudp.flatMap(({ host, connections }) =>
    connections.flatMap(({ peer, beganMillis: began, lines }, at) => {
      const number = connections.slice(0, at + 1).filter((one) => one.peer === peer).length;
      const connection = `${host} to ${withName(peer, nameOf)}${number === 1 ? "" : ` (${number})`}`;
      return lines
        .map((line) => ({ line, millis: began + Number(line.atMillis) }))
        .filter(within)
        .map(({ line, millis }) => rudpRow(host, connection, secondsOf(millis), line));
    }),
  );
  const queues = reading.links.flatMap(({ link, queues, clockOffsetMillis }) =>
    heldFrom(linesOf(queues, clockOffsetMillis), beganMillis)
      .filter(within)
      .flatMap(({ millis, fields }, at, lines) => queueRows(link, secondsOf(millis), fields, lines[at - 1]?.fields)),
  );
  return [{ kind: "run", run, cell, atMillis: beganMillis, everyMillis, packets }, ...tcp, ...rudp, ...queues];
}

interface Line {
  millis: number;
  fields: readonly string[];
}

function linesOf(text: string, offsetMillis = 0): Line[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [millis = "", ...fields] = line.split(" ");
      return { millis: Number(millis) + offsetMillis, fields };
    });
}

/** Values that hold until their next line: the last line before the moment is moved there. */
function heldFrom(lines: readonly Line[], beganMillis: number): Line[] {
  const held = lines.filter(({ millis }) => millis < beganMillis).at(-1);
  const later = lines.filter(({ millis }) => millis >= beganMillis);
  return held === undefined ? later : [{ millis: beganMillis, fields: held.fields }, ...later];
}

/** TCP_CA_* of linux/tcp.h, by number. */
const STATES = ["open", "disorder", "cwr", "recovery", "loss"] as const;
/** TCP_INFINITE_SSTHRESH. */
const NO_THRESHOLD = 0x7fffffff;

function tcpRow(host: string, secondsOf: (millis: number) => number, nameOf: (address: string) => string) {
  return ({ millis, fields }: Line): TraceRow => {
    const [port, peer = "", peerPort, ...numbers] = fields;
    const [state = 0, cwnd = 0, threshold = 0, rtt = 0, least = 0, resent = 0, unacked = 0, rate = 0, acked = 0] =
      numbers.map(Number);
    return {
      kind: "tcp",
      host,
      connection: `${host}:${port} to ${nameOf(peer)}:${peerPort}`,
      seconds: secondsOf(millis),
      cwndSegments: cwnd,
      ssthreshSegments: threshold >= NO_THRESHOLD ? null : threshold,
      srttMillis: rtt === 0 ? null : rtt / 1000,
      // Until the first loss the kernel has all bits set.
      leastRttMillis: least === 0 || least >= NO_THRESHOLD ? null : least / 1000,
      resentSegments: resent,
      inFlightSegments: unacked,
      deliveryBitsPerSecond: rate * 8,
      ackedBytes: acked,
      state: STATES[state] ?? "open",
    };
  };
}

const RUDP_STATES: Readonly<Record<string, (typeof STATES)[number]>> = {
  open: "open",
  fast: "recovery",
  restart: "recovery",
  timeout: "loss",
};

function rudpRow(host: string, connection: string, seconds: number, line: RudpTrace["lines"][number]): TraceRow {
  const known = (value: number) => (value > 0 ? value : null);
  return {
    kind: "rudp",
    host,
    connection,
    seconds,
    cwndSegments: Number(line.windowSegments),
    ssthreshSegments: line.thresholdSegments === null ? null : Number(line.thresholdSegments),
    srttMillis: known(Number(line.smoothedRttMillis)),
    leastRttMillis: null,
    resentSegments: Number(line.resentSegments),
    inFlightSegments: Number(line.inFlightSegments),
    deliveryBitsPerSecond: null,
    ackedBytes: null,
    state: RUDP_STATES[String(line.phase)] ?? "open",
  };
}

/** A direction without a change since the line before has none. */
function queueRows(link: string, seconds: number, fields: readonly string[], before?: readonly string[]): TraceRow[] {
  return DIRECTIONS.flatMap((direction, at): TraceRow[] => {
    const part = (of: readonly string[]) => of.slice(3 * at, 3 * at + 3);
    if (before !== undefined && part(before).join() === part(fields).join()) return [];
    const [packets = 0, bytes = 0, droppedPackets = 0] = part(fields).map(Number);
    return [{ kind: "queue", link, direction, seconds, packets, bytes, droppedPackets }];
  });
}

function withName(place: string, nameOf: (address: string) => string): string {
  const [address = "", port = ""] = place.split(":");
  return `${nameOf(address)}:${port}`;
}
