// The whole state of a connection as plain data, changed only by the functions of this folder. It
// needs no clock, randomness or socket: times come as milliseconds, identifiers and initial numbers
// are given, and segments leave through `transmit`.

import type { ConnectionCounters } from "../../../../lib/contract/transfer.ts";
import type { Congestion, Controller } from "../congestion/controller.ts";
import { controllerNamed } from "../congestion/table.ts";
import { createRtt, type Rtt } from "../rtt.ts";
import { emptySegment, MAX_WINDOW_SHIFT, type Segment } from "../wire.ts";
import { createCounters } from "./counters.ts";
import { type ConnectionOptions, connectionOptions } from "./options.ts";
import { createReceiveQueue, type ReceiveQueue } from "./receive-queue.ts";
import { createSendQueue, type SendQueue } from "./send-queue.ts";
import { createTimers } from "./timers.ts";

/**
 * RFC 9293 figure 5, without LISTEN (the listener keeps no connection), and with SYN-RECEIVED only
 * for a simultaneous open.
 */
export type State =
  | "closed"
  | "syn-sent"
  | "syn-received"
  | "established"
  | "fin-wait-1"
  | "fin-wait-2"
  | "closing"
  | "close-wait"
  | "last-ack"
  | "time-wait";

/** Why a connection ended other than by an orderly close. */
export type Failure =
  | "E_RUDP_REFUSED"
  | "E_RUDP_FULL"
  | "E_RUDP_RESET"
  | "E_RUDP_PEER_DEAD"
  | "E_RUDP_PATH"
  | "E_RUDP_ABORTED";

/** Segments that `transmit` must send at its next call; bits of `Connection.owed`. */
export const OWED = { syn: 1, synAck: 2, echo: 4, reset: 8, ping: 16, ack: 32 } as const;

export interface Cookie {
  mintedAt: number;
  high: number;
  low: number;
}

/**
 * How losses are being repaired: `open` no known loss, `fast` after duplicates (RFC 5681, 6582,
 * 6675), and from the beginning of the flight `restart` after duplicates without fast recovery
 * (Tahoe), `timeout` after the timer.
 */
export interface Recovery {
  phase: "open" | "fast" | "restart" | "timeout";
  /**
   * The phase ends when everything below this index, which was next when it began, is acknowledged.
   */
  point: number;
  /** The segment that began the phase. */
  first: number;
  duplicates: number;
  /** The first repeated segment does not wait for room in the window. */
  resendNow: boolean;
  partialAcks: number;
  /** RFC 6675's rescue retransmission, one per recovery, has been sent. */
  rescued: boolean;
  /** The state before the last reduction, to restore it if nothing was lost. */
  prior: Prior | null;
  /** When the segment `first` was first sent again; Infinity: not yet. */
  copiedAtMillis: number;
  /**
   * Proportional rate reduction: segments delivered and sent since the recovery began, and those in
   * flight then.
   */
  deliveredInRecovery: number;
  sentInRecovery: number;
  flightAtStart: number;
  /** Expiries of the timer since new data was last acknowledged. */
  timeouts: number;
  /**
   * The window, rather than the application, the peer or pacing, last stopped the sender. A full
   * batch of the driver stops nobody.
   */
  windowLimited: boolean;
}

/** The values before a reduction, to undo it. */
export interface Prior {
  congestion: Congestion;
  phase: Recovery["phase"];
  point: number;
  windowLimited: boolean;
}

export interface Connection {
  readonly options: Readonly<ConnectionOptions>;
  readonly controller: Controller;
  readonly congestion: Congestion;
  readonly rtt: Rtt;
  state: State;
  failure: Failure | null;
  readonly localId: number;
  remoteId: number;
  /** Initial sequence number on the wire, ours and the peer's. */
  readonly localInitial: number;
  remoteInitial: number;
  /** The peer's current address, opaque here; follows its newest segment. */
  path: string;
  /**
   * Set in a client until the server has shown that it knows the connection; goes out with every
   * segment.
   */
  cookie: Cookie | null;
  /** Right shift of our advertised window, and of the peer's. */
  readonly localShift: number;
  remoteShift: number;
  /** Both ends use selective acknowledgements. */
  sack: boolean;
  readonly send: SendQueue;
  readonly receive: ReceiveQueue;
  readonly recovery: Recovery;
  readonly timers: Float64Array;
  owed: number;
  /**
   * Acknowledgements of early arrivals that go out at once and singly, for a sender that counts
   * them.
   */
  duplicateAcksOwed: number;
  /** In-order segments not yet acknowledged. */
  unacknowledged: number;
  lastAckSent: number;
  /** First index beyond the window that we advertised; it never decreases. */
  advertisedEdge: number;
  /** TS.Recent of RFC 7323, and the newest timestamp of any segment, for the path. */
  echoMicros: number;
  newestMicros: number;
  lastSentMillis: number;
  /**
   * When the peer's last ordinary segment arrived, and how often the timer had expired by then
   * without progress.
   */
  lastHeardMillis: number;
  heardAfterTimeouts: number;
  /** Since when the oldest segment in flight has been the oldest. */
  oldestSinceMillis: number;
  /** When at least half of the congestion window was last in use. */
  windowUsedAtMillis: number;
  /** Challenges sent in the second that began then. */
  challenges: number;
  challengedSinceMillis: number;
  probes: number;
  synsSent: number;
  /** When the first SYN went out. */
  firstSynMillis: number;
  /** Segments that pacing allows now, and when that was computed. */
  pacingCredit: number;
  pacedAtMillis: number;
  /** `transmit` fills and encodes it; kept here so that none is allocated per segment. */
  readonly out: Segment;
  readonly counters: ConnectionCounters;
}

export interface Identity {
  localId: number;
  localInitial: number;
  path: string;
}

/** A closed connection: `open` makes it a client, `adopt` the server's end. */
export function createConnection(identity: Identity, chosen: Partial<ConnectionOptions> = {}): Connection {
  const options = connectionOptions(chosen);
  const controller = controllerNamed(options.controller);
  return {
    options,
    controller,
    congestion: controller.start(options),
    rtt: createRtt(options),
    state: "closed",
    failure: null,
    remoteId: 0,
    remoteInitial: 0,
    cookie: null,
    ...identity,
    localShift: shiftFor(options.receiveQueueSegments),
    remoteShift: 0,
    sack: options.sack,
    send: createSendQueue(options.sendQueueSegments),
    receive: createReceiveQueue(options.receiveQueueSegments),
    recovery: createRecovery(),
    timers: createTimers(),
    owed: 0,
    duplicateAcksOwed: 0,
    unacknowledged: 0,
    lastAckSent: 1,
    advertisedEdge: 1,
    echoMicros: 0,
    newestMicros: 0,
    lastSentMillis: 0,
    probes: 0,
    synsSent: 0,
    lastHeardMillis: 0,
    heardAfterTimeouts: 0,
    oldestSinceMillis: 0,
    windowUsedAtMillis: 0,
    firstSynMillis: 0,
    challenges: 0,
    challengedSinceMillis: Number.NEGATIVE_INFINITY,
    pacingCredit: 0,
    pacedAtMillis: 0,
    out: emptySegment(),
    counters: createCounters(),
  };
}

export function isSynchronized(state: State): boolean {
  return state !== "closed" && state !== "syn-sent" && state !== "syn-received";
}

/** Whether everything unreported counts as lost and is sent again, from a window of one on. */
export function hasRestarted({ recovery }: Connection): boolean {
  return recovery.phase === "restart" || recovery.phase === "timeout";
}

/** The smallest shift with which a queue's window fits into 16 bits. */
export function shiftFor(capacity: number): number {
  let shift = 0;
  while (capacity >> shift > 65_535 && shift < MAX_WINDOW_SHIFT) shift++;
  return shift;
}

function createRecovery(): Recovery {
  return {
    phase: "open",
    point: 0,
    first: 0,
    duplicates: 0,
    resendNow: false,
    partialAcks: 0,
    rescued: false,
    prior: null,
    copiedAtMillis: Number.POSITIVE_INFINITY,
    timeouts: 0,
    windowLimited: false,
    deliveredInRecovery: 0,
    sentInRecovery: 0,
    flightAtStart: 1,
  };
}
