// The memory that the engine and one connection's application share: a ring of bytes each way,
// requests from one to the other, and the connection's numbers.

import type { ConnectionNumbers } from "../../../lib/contract/transfer.ts";
import { type Connection, type Failure, snapshot } from "../protocol/connection/connection.ts";
import { breakRing, count, type EventCount, type Ring, ringAt, ringSize } from "./ring.ts";

/**
 * Capacity of each ring, in bytes: what a fast application and the engine exchange at a time. The
 * protocol's queues behind the rings hold the window.
 */
const RING_BYTES = 2 ** 18;

/** In `delivered` the peer has all of our data and may still send. */
const PHASES = ["opening", "open", "delivered", "done", "failed"] as const;
export type Phase = (typeof PHASES)[number];

/** `E_RUDP_ENGINE`: the engine's thread ended by itself. */
const FAILURES = [
  "",
  "E_RUDP_REFUSED",
  "E_RUDP_RESET",
  "E_RUDP_PEER_DEAD",
  "E_RUDP_PATH",
  "E_RUDP_ABORTED",
  "E_RUDP_ENGINE",
  "E_RUDP_FULL",
] as const satisfies readonly ("" | "E_RUDP_ENGINE" | Failure)[];
export type ChannelFailure = Exclude<(typeof FAILURES)[number], "">;
/** Every code that a connection can fail with. */
export const CHANNEL_FAILURES = [...new Set((FAILURES.slice(1) as ChannelFailure[]).map(codeOf))];

/** The error code of a failure. A full port is one way of being refused. */
export function codeOf(failure: ChannelFailure) {
  return failure === "E_RUDP_FULL" ? "E_RUDP_REFUSED" : failure;
}

const PHASE = 0;
const CHANGES = 1;
const FLUSHES = 2;
const ABORT = 3;
const WORDS = 8;

export interface Channel {
  readonly memory: SharedArrayBuffer;
  /** Application to engine. */
  readonly outgoing: Ring;
  /** Engine to application. */
  readonly incoming: Ring;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly numbers: Float64Array<SharedArrayBuffer>;
}

type Name = keyof ConnectionNumbers;

/** The place of each number. The compiler rejects a number that has no place here. */
const PLACES: Record<Name, true> = {
  windowSegments: true,
  thresholdSegments: true,
  smoothedRttMillis: true,
  rttVariationMillis: true,
  rtoMillis: true,
  inFlightSegments: true,
  outstandingSegments: true,
  peerWindowSegments: true,
  segmentsSent: true,
  segmentsReceived: true,
  dataSegmentsSent: true,
  dataBytesDelivered: true,
  dataBytesAcknowledged: true,
  acknowledgedSegments: true,
  resentFast: true,
  resentRecovery: true,
  resentTimeout: true,
  resentCopy: true,
  resentRescue: true,
  resentNeedlessly: true,
  fastRecoveries: true,
  timeouts: true,
  spuriousRecoveries: true,
  duplicateAcks: true,
  duplicateSegments: true,
  earlySegments: true,
  refusedSegments: true,
  acksSent: true,
  probesSent: true,
};
const NAMES = Object.keys(PLACES) as Name[];

/** New memory for a connection, or another thread's view of existing memory. */
export function createChannel(memory?: SharedArrayBuffer): Channel {
  const numbers = WORDS * 4;
  const outgoing = numbers + NAMES.length * 8;
  const incoming = outgoing + ringSize(RING_BYTES);
  const shared = memory ?? new SharedArrayBuffer(incoming + ringSize(RING_BYTES));
  return {
    memory: shared,
    words: new Int32Array(shared, 0, WORDS),
    numbers: new Float64Array(shared, numbers, NAMES.length),
    outgoing: ringAt(shared, outgoing, RING_BYTES),
    incoming: ringAt(shared, incoming, RING_BYTES),
  };
}

export function phaseOf({ words }: Channel): Phase {
  return PHASES[Atomics.load(words, PHASE)] as Phase;
}

/** Where to sleep until the phase changes. */
export function phaseEvents({ words }: Channel): EventCount {
  return { words, index: CHANGES };
}

/** Engine: publishes the phase of the connection. */
export function setPhase(channel: Channel, phase: Phase): void {
  Atomics.store(channel.words, PHASE, PHASES.indexOf(phase));
  count(phaseEvents(channel));
}

/** Engine: marks the connection as failed and wakes all who sleep on it. */
export function failChannel(channel: Channel, failure: ChannelFailure): void {
  const code = FAILURES.indexOf(failure);
  breakRing(channel.outgoing, code);
  breakRing(channel.incoming, code);
  setPhase(channel, "failed");
}

export function failureNamed(code: number): ChannelFailure {
  return FAILURES[code] as ChannelFailure;
}

/** Application: send what was written so far, even if it fills no segment. */
export function requestFlush({ words }: Channel): void {
  Atomics.add(words, FLUSHES, 1);
}

/**
 * Engine: how often a flush was requested. Read it before draining the ring: the count then covers
 * only bytes that the ring held.
 */
export function flushesRequested({ words }: Channel): number {
  return Atomics.load(words, FLUSHES);
}

export function requestAbort({ words }: Channel): void {
  Atomics.store(words, ABORT, 1);
}

export function isAbortRequested({ words }: Channel): boolean {
  return Atomics.load(words, ABORT) === 1;
}

/**
 * Engine: publishes the connection's numbers. Each one is consistent, but two of them may be of
 * different moments.
 */
export function publish({ numbers }: Channel, c: Connection): void {
  const values: ConnectionNumbers = { ...snapshot(c), acknowledgedSegments: c.send.una - 1 };
  for (let i = 0; i < NAMES.length; i++) numbers[i] = values[NAMES[i] as Name] ?? Number.POSITIVE_INFINITY;
}

/** Application: the numbers as they were last published. */
export function numbersOf({ numbers }: Channel): ConnectionNumbers {
  const entries = NAMES.map((name, index) => [name, Number.isFinite(numbers[index]) ? numbers[index] : null]);
  return Object.fromEntries(entries) as ConnectionNumbers;
}
