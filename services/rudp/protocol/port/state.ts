// The state of a port as plain data: connections by id, ids that must not be reused, and pending
// datagrams.

import type { Connection, ConnectionOptions } from "../connection/connection.ts";
import { connectionOptions } from "../connection/options.ts";
import { emptySegment, type Refusal, type Segment } from "../wire.ts";

export interface PortOptions {
  /** Whether SYNs are accepted. A client's port only opens connections. */
  accepts: boolean;
  maximumConnections: number;
  connection: Partial<ConnectionOptions>;
}

/** A datagram that `transmitNext` wrote. It is the same object each time. */
export interface Departure {
  length: number;
  to: string;
  /** The connection it belongs to; null: an answer without a connection. */
  connection: Connection | null;
}

export interface Port {
  readonly options: PortOptions;
  readonly defaults: Readonly<ConnectionOptions>;
  readonly secret: Uint8Array;
  /** Returns the next of an unpredictable sequence of unsigned 32-bit numbers. */
  readonly random: () => number;
  readonly connections: Map<number, Connection>;
  /** Connections whose SYN is unanswered, for a simultaneous open. */
  readonly opening: Set<Connection>;
  /** New connections that the application has not yet taken. */
  readonly accepted: Connection[];
  /** Pending datagrams that belong to no connection, in order. */
  readonly replies: { bytes: Uint8Array; to: string }[];
  /** Connections that may have something to transmit, in the order of their turns. */
  readonly ready: Set<Connection>;
  /** How many more datagrams the first of them may send in its turn. */
  quantum: number;
  readonly departure: Departure;
  /** Ids that a repeated cookie must not revive, with the time until when, oldest first. */
  readonly buried: Map<number, number>;
  readonly segment: Segment;
  readonly counters: Record<Refusal | "unknown" | "badCookie" | "full", number>;
}

/** `secret` is the key of the port's cookies. */
export function createPort(options: PortOptions, secret: Uint8Array, random: () => number): Port {
  return {
    options,
    defaults: connectionOptions(options.connection),
    secret,
    random,
    connections: new Map(),
    opening: new Set(),
    accepted: [],
    replies: [],
    ready: new Set(),
    quantum: QUANTUM_DATAGRAMS,
    departure: { length: 0, to: "", connection: null },
    buried: new Map(),
    segment: emptySegment(),
    counters: { foreign: 0, damaged: 0, malformed: 0, unknown: 0, badCookie: 0, full: 0 },
  };
}

/** Datagrams that a connection sends per turn while others wait. */
export const QUANTUM_DATAGRAMS = 64;

/** Whether the id belongs to a connection, or did recently. */
export function isTaken(port: Port, id: number): boolean {
  return port.connections.has(id) || port.buried.has(id);
}
