// The stage of a timeline: a port with one connection, a scripted peer, and a clock that the script
// moves. Segments pass through encode and decode as on a network. Numbers in scripts are indices (0
// the SYN, 1 the first data segment).

import { adopt, type Connection, createConnection } from "../../protocol/connection/connection.ts";
import { connectionOptions } from "../../protocol/connection/options.ts";
import {
  createPort,
  markReady,
  nextDeadlineMillis,
  type Port,
  receive,
  releaseClosed,
  tickDue,
  transmitNext,
} from "../../protocol/port/port.ts";
import { fromWire, toWire } from "../../protocol/sequence.ts";
import {
  ACK,
  DATAGRAM_BYTES,
  decode,
  ECHO,
  emptySegment,
  encode,
  FIN,
  flagNames,
  PING,
  RST,
  SYN,
} from "../../protocol/wire.ts";
import { readSegmentWords } from "./script.ts";

export interface Emitted {
  atMillis: number;
  flags: string;
  index: number;
  ack: number | null;
  wireseq: number;
  wireack: number;
  win: number;
  len: number;
  sack: string;
  /** The peer's timestamp to be echoed, in the script's time. */
  echo: number;
  to: string;
}

export interface Stage {
  readonly port: Port;
  connection: Connection | null;
  nowMillis: number;
  /** The driver is late: arrivals are accepted, but no deadline is checked and nothing is sent. */
  isStalled: boolean;
  readonly emitted: Emitted[];
  readonly peer: { id: number; initial: number; address: string };
  /** The peer's knowledge of our end. */
  readonly known: { id: number; initial: number; mintedAt: number; high: number; low: number };
  /**
   * The timestamp of each of our segments, by index, when it last went out, and what the peer
   * echoed.
   */
  readonly sentMicros: Map<number, number>;
  readonly echoed: { through: number; micros: number };
}

const FLAG_BITS: Record<string, number> = { SYN, ACK, FIN, RST, PING, ECHO };
const IDENTITY = new Set(["isn", "peerIsn"]);

/**
 * Scripts use the RFCs' own numbers instead of our defaults: RFC 6298's granularity and RFC 3465's
 * two segments. Delayed acknowledgements are visible.
 */
const BY_RFC = { minimumMarginMillis: 1, byteCountingLimit: 2, delayedAckMillis: 25 };

/** Clocks begin here, so that a peer may have timestamps from before the script. */
const START_MILLIS = 100_000;

export function createStage(given: Record<string, string>): Stage {
  const chosen = Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => !IDENTITY.has(key))
      .map(([key, value]) => [key, value === "true" || value === "false" ? value === "true" : numberOr(value)]),
  );
  const connection = { ...BY_RFC, ...chosen };
  connectionOptions(connection);
  const initial = Number(given.isn ?? 1000);
  const options = { accepts: true, maximumConnections: 4, connection };
  const port = createPort(options, Uint8Array.of(1, 2, 3), () => initial);
  return {
    port,
    connection: null,
    nowMillis: START_MILLIS,
    isStalled: false,
    emitted: [],
    sentMicros: new Map(),
    peer: { id: 7, initial: Number(given.peerIsn ?? 5000), address: "peer:1" },
    echoed: { through: 0, micros: 0 },
    known: { id: 0, initial, mintedAt: 0, high: 0, low: 0 },
  };
}

/** Puts an established connection on the stage, as if a handshake of `rttMillis` had just ended. */
export function establish(stage: Stage, rttMillis: number, window: number): void {
  const { peer, port, nowMillis } = stage;
  const identity = { localId: 9, localInitial: stage.known.initial, path: peer.address };
  const connection = createConnection(identity, port.options.connection);
  const echo = emptySegment();
  Object.assign(echo, { sourceId: peer.id, initialSequence: peer.initial, sackPermitted: true, window });
  echo.timestampMicros = toMicros(nowMillis);
  echo.echoMicros = toMicros(nowMillis - rttMillis);
  adopt(connection, echo, nowMillis);
  port.connections.set(identity.localId, connection);
  stage.connection = connection;
  stage.known.id = identity.localId;
  stage.echoed.through = 1;
  stage.echoed.micros = echo.echoMicros;
  drain(stage);
}

/** Advances time to `atMillis` of the script and processes everything due on the way. */
export function passTime(stage: Stage, atMillis: number): void {
  const until = START_MILLIS + atMillis;
  for (;;) {
    const due = nextDeadlineMillis(stage.port);
    if (stage.isStalled || due > until) break;
    stage.nowMillis = Math.max(stage.nowMillis, due);
    tickDue(stage.port, stage.nowMillis);
    drain(stage);
  }
  stage.nowMillis = until;
}

/** The peer sends the described segment; fields not named have the values of an honest peer. */
export function inject(stage: Stage, words: readonly string[]): void {
  const { flags, first, last, fields, sack } = readSegmentWords(words);
  const bits = flags.reduce((sum, name) => sum | (FLAG_BITS[name] as number), 0);
  for (let index = first; index <= last; index++) {
    const segment = emptySegment();
    const ack = Number(fields.ack ?? 1);
    segment.flags = bits;
    segment.sourceId = stage.peer.id;
    segment.destinationId = fields.id === undefined ? (bits === SYN ? 0 : stage.known.id) : Number(fields.id);
    segment.sequence = toWire(index, stage.peer.initial);
    segment.acknowledgement = bits & ACK ? toWire(ack, stage.known.initial) : 0;
    segment.window = Number(fields.win ?? 1000);
    segment.timestampMicros = toMicros(fields.ts === undefined ? stage.nowMillis : START_MILLIS + Number(fields.ts));
    segment.echoMicros = bits & ACK ? echoed(stage, fields, ack) : 0;
    segment.sackPermitted = fields.sack === undefined || sack.length > 0;
    segment.initialSequence = stage.peer.initial;
    Object.assign(segment, cookieFields(stage, bits, fields.cookie));
    segment.sackCount = sack.length;
    sack.flat().forEach((edge, i) => {
      segment.sackEdges[i] = toWire(edge, stage.known.initial);
    });
    segment.payload = new Uint8Array(1000).fill(index);
    segment.payloadLength = Number(fields.len ?? 0);
    const datagram = new Uint8Array(DATAGRAM_BYTES);
    const length = encode(segment, datagram);
    if (fields.damaged !== undefined) datagram[length - 1] = (datagram[length - 1] as number) ^ 1;
    const from = fields.from ?? stage.peer.address;
    const changed = receive(stage.port, datagram.subarray(0, length), from, stage.nowMillis);
    if (changed !== null) stage.connection = changed;
    drain(stage);
  }
}

/**
 * The driver is on time again. Its turn begins, like every turn, with the deadlines that have
 * passed.
 */
export function resume(stage: Stage): void {
  stage.isStalled = false;
  tickDue(stage.port, stage.nowMillis);
}

/** Collects everything that may go out now. */
export function drain(stage: Stage): void {
  if (stage.isStalled) return;
  const { port, connection, nowMillis } = stage;
  if (connection !== null) markReady(port, connection);
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  for (let next = transmitNext(port, buffer, nowMillis); next !== null; next = transmitNext(port, buffer, nowMillis)) {
    note(stage, buffer.subarray(0, next.length), next.to);
  }
  if (connection !== null) releaseClosed(port, connection, nowMillis);
}

function note(stage: Stage, datagram: Uint8Array, to: string): void {
  const segment = emptySegment();
  const refusal = decode(datagram, segment);
  if (refusal !== null) throw new Error(`our end sent a datagram that is ${refusal}`);
  const { known, peer } = stage;
  if (segment.flags & SYN) {
    known.id = segment.sourceId;
    known.initial = segment.sequence;
    known.mintedAt = segment.cookieMintedAt;
    known.high = segment.cookieHigh;
    known.low = segment.cookieLow;
  }
  const index = fromWire(segment.sequence, known.initial, 1);
  if (!stage.sentMicros.has(index) || segment.payloadLength > 0 || segment.flags & SYN)
    stage.sentMicros.set(index, segment.timestampMicros);
  const blocks = Array.from({ length: segment.sackCount }, (_, i) =>
    [0, 1].map((side) => fromWire(segment.sackEdges[2 * i + side] as number, peer.initial, 1)).join("-"),
  );
  stage.emitted.push({
    atMillis: stage.nowMillis - START_MILLIS,
    flags: flagNames(segment.flags).join(" "),
    index,
    ack: segment.flags & ACK ? fromWire(segment.acknowledgement, peer.initial, 1) : null,
    wireseq: segment.sequence,
    wireack: segment.acknowledgement,
    win: segment.window,
    len: segment.payloadLength,
    sack: blocks.join(" "),
    to,
    echo: segment.echoMicros / 1000 - START_MILLIS,
  });
}

/**
 * By default what RFC 7323 has a receiver echo: the timestamp of the segment at the edge that this
 * acknowledgement moves. A duplicate repeats it.
 */
function echoed(stage: Stage, fields: Record<string, string>, ack: number): number {
  if (ack > stage.echoed.through) {
    stage.echoed.micros = stage.sentMicros.get(stage.echoed.through) ?? toMicros(stage.nowMillis);
    stage.echoed.through = ack;
  }
  return fields.echo === undefined ? stage.echoed.micros : toMicros(START_MILLIS + Number(fields.echo));
}

/** As server the peer gives a cookie of its own; as client it returns ours. */
function cookieFields({ known }: Stage, flags: number, wanted: string | undefined) {
  if (wanted === "none") return {};
  if (flags & SYN) return flags & ACK ? { cookieMintedAt: 1, cookieHigh: 2, cookieLow: 3 } : {};
  return { cookieMintedAt: known.mintedAt, cookieHigh: known.high, cookieLow: known.low ^ (wanted === "bad" ? 1 : 0) };
}

function toMicros(millis: number): number {
  return (millis * 1000) >>> 0;
}

function numberOr(text: string): number | string {
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
