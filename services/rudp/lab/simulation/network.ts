// Two ports joined by two simulated paths, in virtual time. Time jumps from one event to the next:
// a datagram arrives, a deadline comes, an application acts. The same seed gives the same run, byte
// for byte.

import { randomSequence } from "../../../../lib/random.ts";
import type { Connection } from "../../protocol/connection/connection.ts";
import {
  createPort,
  markReady,
  nextDeadlineMillis,
  type Port,
  type PortOptions,
  receive,
  releaseClosed,
  tickDue,
  transmitNext,
} from "../../protocol/port/port.ts";
import { DATAGRAM_BYTES } from "../../protocol/wire.ts";
import { carry, createPath, type Path, type PathSettings } from "./path.ts";
import { createSchedule, nextMillis, pop, push, type Schedule } from "./schedule.ts";

export type Side = 0 | 1;

/**
 * Lets an application act now; returns when it wants to act again (Infinity: only when something
 * arrives).
 */
export type Application = (nowMillis: number) => number;

interface Node {
  readonly port: Port;
  /** Source address of its datagrams. A test may change it, as a NAT does. */
  address: string;
  readonly out: Path;
  /**
   * How late its driver's turns follow the events that request them, as on a busy machine; 0: at
   * once.
   */
  lateMillis: number;
  /** Datagrams that a turn may send. The others wait for the next one, before which some arrive. */
  batchDatagrams: number;
  turnAtMillis: number;
  readonly applications: { run: Application; connection: Connection; wakesAtMillis: number }[];
}

export interface Network {
  nowMillis: number;
  readonly nodes: readonly [Node, Node];
  readonly arrivals: Schedule<{ to: Side; bytes: Uint8Array; from: string }>;
  readonly buffer: Uint8Array;
  /** Called for each datagram that is sent, arrives or is lost, for timelines and invariants. */
  readonly observe: (event: NetworkEvent) => void;
  /** Extra delay of a connection's datagrams beyond its side's path; none by default. */
  detourMillis: (connection: Connection | null) => number;
  /** Handles a connection that a port accepted; does nothing by default. */
  accept: (side: Side, connection: Connection) => void;
  events: number;
}

export interface NetworkEvent {
  kind: "sent" | "arrived" | "lost";
  atMillis: number;
  side: Side;
  bytes: Uint8Array;
  connection: Connection | null;
}

export function createNetwork(
  seed: number,
  paths: readonly [PathSettings, PathSettings],
  ports: readonly [PortOptions, PortOptions],
  observe: (event: NetworkEvent) => void = () => {},
): Network {
  const random = randomSequence(seed);
  const word = () => Math.floor(random() * 2 ** 32);
  const node = (side: Side): Node => ({
    port: createPort(ports[side], Uint8Array.of(seed & 255, side), word),
    address: `node${side}:1`,
    out: createPath(paths[side], randomSequence(word())),
    lateMillis: 0,
    batchDatagrams: Number.POSITIVE_INFINITY,
    turnAtMillis: Number.POSITIVE_INFINITY,
    applications: [],
  });
  const nodes = [node(0), node(1)] as const;
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  return {
    nowMillis: 0,
    nodes,
    arrivals: createSchedule(),
    buffer,
    observe,
    detourMillis: () => 0,
    accept: () => {},
    events: 0,
  };
}

/** Adds an application to a connection and runs it at once. */
export function attach(network: Network, side: Side, connection: Connection, run: Application): void {
  const application = { run, connection, wakesAtMillis: network.nowMillis };
  network.nodes[side].applications.push(application);
}

/** Processes the next event; false when there is none before `untilMillis`. */
export function advance(network: Network, untilMillis: number): boolean {
  const next = Math.min(nextMillis(network.arrivals), nextDeadline(network.nodes[0]), nextDeadline(network.nodes[1]));
  if (next >= untilMillis || next === Number.POSITIVE_INFINITY) return false;
  network.nowMillis = Math.max(network.nowMillis, next);
  network.events++;
  if (nextMillis(network.arrivals) <= network.nowMillis) {
    arrive(network);
    return true;
  }
  for (const side of [0, 1] as const) {
    if (network.nodes[side].lateMillis === 0) runDue(network, side);
    else turnLate(network, side);
  }
  return true;
}

function arrive(network: Network): void {
  const { to, bytes, from } = pop(network.arrivals);
  const node = network.nodes[to];
  const connection = receive(node.port, bytes, from, network.nowMillis);
  network.observe({ kind: "arrived", atMillis: network.nowMillis, side: to, bytes, connection });
  for (const accepted of node.port.accepted.splice(0)) network.accept(to, accepted);
  if (node.lateMillis > 0) {
    node.turnAtMillis = Math.min(node.turnAtMillis, network.nowMillis + node.lateMillis);
    return;
  }
  if (connection !== null) runApplicationsOf(network, to, connection);
  drain(network, to);
}

/**
 * A turn of a late driver. It finds everything that arrived or fell due since the turn was
 * requested.
 */
function turnLate(network: Network, side: Side): void {
  const node = network.nodes[side];
  if (nextDeadline(node) > network.nowMillis) return;
  node.turnAtMillis = Number.POSITIVE_INFINITY;
  tickDue(node.port, network.nowMillis);
  for (const connection of node.port.connections.values()) runApplicationsOf(network, side, connection);
  runDueApplications(network, side);
  drain(network, side);
}

function runDue(network: Network, side: Side): void {
  network.nodes[side].turnAtMillis = Number.POSITIVE_INFINITY;
  for (const connection of tickDue(network.nodes[side].port, network.nowMillis)) {
    runApplicationsOf(network, side, connection);
  }
  runDueApplications(network, side);
  drain(network, side);
}

/** Sends what may go out now, up to a full batch, and forgets closed connections. */
function drain(network: Network, side: Side): void {
  const { buffer, nowMillis } = network;
  const node = network.nodes[side];
  const { port, batchDatagrams } = node;
  let sent = 0;
  for (; sent < batchDatagrams; sent++) {
    const next = transmitNext(port, buffer, nowMillis);
    if (next === null) break;
    dispatch(network, side, buffer.subarray(0, next.length), next.connection);
  }
  if (sent === batchDatagrams) node.turnAtMillis = Math.min(node.turnAtMillis, nowMillis + node.lateMillis);
  for (const connection of port.connections.values()) releaseClosed(port, connection, nowMillis);
}

function runDueApplications(network: Network, side: Side): void {
  const { applications, port } = network.nodes[side];
  for (const application of applications) {
    if (application.wakesAtMillis > network.nowMillis) continue;
    application.wakesAtMillis = application.run(network.nowMillis);
    markReady(port, application.connection);
  }
}

/** Lets the connection's applications see what has arrived. */
function runApplicationsOf(network: Network, side: Side, connection: Connection): void {
  const { applications, port } = network.nodes[side];
  for (const application of applications) {
    if (application.connection !== connection) continue;
    application.wakesAtMillis = Math.min(application.wakesAtMillis, application.run(network.nowMillis));
  }
  markReady(port, connection);
}

function dispatch(network: Network, side: Side, bytes: Uint8Array, connection: Connection | null): void {
  const { nowMillis, nodes, arrivals } = network;
  network.observe({ kind: "sent", atMillis: nowMillis, side, bytes, connection });
  const copies = carry(nodes[side].out, bytes, nowMillis);
  if (copies.length === 0) network.observe({ kind: "lost", atMillis: nowMillis, side, bytes, connection });
  const to: Side = side === 0 ? 1 : 0;
  const detour = network.detourMillis(connection);
  for (const { atMillis, bytes: copy } of copies) {
    push(arrivals, atMillis + detour, { to, bytes: copy, from: nodes[side].address });
  }
}

function nextDeadline(node: Node): number {
  let least = nextDeadlineMillis(node.port);
  for (const application of node.applications) least = Math.min(least, application.wakesAtMillis);
  return Math.min(least + node.lateMillis, node.turnAtMillis);
}
