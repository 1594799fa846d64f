// The state of a port, as plain data: its connections by id, the ids that must not come back, and
// what waits to go out.

import type { Connection, ConnectionOptions } from "../connection/connection.ts";
import { connectionOptions } from "../connection/options.ts";
import { emptySegment, type Refusal, type Segment } from "../wire.ts";

export interface PortOptions {
  /** Whether SYNs are answered; a client's port only opens connections. */
  accepts: boolean;
  maximumConnections: number;
  connection: Partial<ConnectionOptions>;
}

/** A datagram that `transmitNext` wrote. The same object each time. */
export interface Departure {
  length: number;
  to: string;
  /** Whose it is; null: an answer without a connection. */
  connection: Connection | null;
}

export interface Port {
  readonly options: PortOptions;
  readonly defaults: Readonly<ConnectionOptions>;
  readonly secret: Uint8Array;
  /** The next of an unpredictable sequence of unsigned 32-bit numbers. */
  readonly random: () => number;
  readonly connections: Map<number, Connection>;
  /** Connections whose SYN has not been answered, for a simultaneous open. */
  readonly opening: Set<Connection>;
  /** New connections that the application has not taken. */
  readonly accepted: Connection[];
  /** Datagrams to send without a connection, in order. */
  readonly replies: { bytes: Uint8Array; to: string }[];
  /** Connections that may have something to transmit, in the order of their turns. */
  readonly ready: Set<Connection>;
  /** How many more datagrams the first of them may send before the next has its turn. */
  quantum: number;
  readonly departure: Departure;
  /** Ids that a repeated cookie must not bring back, with the time until when, oldest first. */
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

/** How many datagrams a connection sends in one turn while others wait for theirs. */
export const QUANTUM_DATAGRAMS = 64;

/** Whether the id belongs to a connection, or did so recently. */
export function isTaken(port: Port, id: number): boolean {
  return port.connections.has(id) || port.buried.has(id);
}
