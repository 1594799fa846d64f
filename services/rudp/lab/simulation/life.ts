// A life: a few connections between two ends over a bad network, from set-up to the last
// acknowledgement. It ends well when every byte arrived once and in order and both ends finished.
// Invariants are checked at every outgoing segment (invariants.ts).

import type { ConnectionCounters } from "../../../../lib/contract/transfer.ts";
import { type Connection, type ConnectionOptions, snapshot } from "../../protocol/connection/connection.ts";
import { connect } from "../../protocol/port/port.ts";
import { createInvariants, type Invariants, observeEvent } from "./invariants.ts";
import { advance, attach, createNetwork, type Network, type NetworkEvent, type Side } from "./network.ts";
import type { PathSettings } from "./path.ts";
import { createTalker, type Talker, type TalkerPlan, talk } from "./talker.ts";
import { describeEvent } from "./timeline-text.ts";

export interface LifePlan {
  seed: number;
  paths: readonly [PathSettings, PathSettings];
  options: readonly [Partial<ConnectionOptions>, Partial<ConnectionOptions>];
  /** One entry per connection: the data of the opening end and of the other. */
  talks: readonly (readonly [TalkerPlan, TalkerPlan])[];
  /** Both ends open at once and neither listens. There is then one connection. */
  simultaneous: boolean;
  /** Initial sequence numbers so many segments before the wrap; null: random ones. */
  wrapsAfterSegments: number | null;
  /**
   * When the opening end's address changes, as behind a NAT; null: never. Set-up must be over by
   * then, because a cookie is good for one address.
   */
  movesAtMillis: number | null;
  /** Delay of each driver's turns; 0: none. */
  lateMillis: readonly [number, number];
  /** Datagrams that each driver sends in a turn. */
  batchDatagrams: readonly [number, number];
}

export interface LifeResult {
  /** null if all is well, else the fault. */
  failure: string | null;
  virtualMillis: number;
  events: number;
  /** The counters of all ends, summed. */
  counters: ConnectionCounters;
  /** The events, line by line; empty unless a timeline was wanted. */
  timeline: string[];
}

/** Longer than all time-outs of a life's options together: no honest life takes that long. */
const LIMIT_MILLIS = 48 * 3600 * 1000;
const LIMIT_EVENTS = 2_000_000;

/** Runs one life. With `record` the result has its timeline, which explains a failing seed. */
export function live(plan: LifePlan, record = false): LifeResult {
  const timeline: string[] = [];
  const invariants = createInvariants();
  const observe = (event: NetworkEvent) => {
    if (record) timeline.push(describeEvent(event));
    observeEvent(invariants, event);
  };
  const { network, talkers } = populate(plan, observe);
  const failure = run(network, talkers, invariants, plan);
  return { failure, virtualMillis: network.nowMillis, events: network.events, counters: summed(talkers), timeline };
}

function populate(plan: LifePlan, observe: (event: NetworkEvent) => void) {
  const ports = plan.options.map((connection, side) => ({
    accepts: side === 1 && !plan.simultaneous,
    maximumConnections: 16,
    connection,
  }));
  const network = createNetwork(plan.seed, plan.paths, ports as never, observe);
  for (const side of [0, 1] as const) {
    network.nodes[side].lateMillis = plan.lateMillis[side];
    network.nodes[side].batchDatagrams = plan.batchDatagrams[side];
  }
  const talkers: Talker[] = [];
  const add = (side: Side, index: number, connection: Connection) => {
    const talker = createTalker((plan.talks[index] as LifePlan["talks"][number])[side], connection, `${side}.${index}`);
    talkers.push(talker);
    attach(network, side, connection, (now) => talk(talker, now));
  };
  network.accept = (side, connection) => add(side, clientOf(network, connection), connection);
  const opened = plan.simultaneous ? 1 : plan.talks.length;
  for (let i = 0; i < opened; i++) add(0, i, connectFrom(network, 0, plan));
  if (plan.simultaneous) add(1, 0, connectFrom(network, 1, plan));
  return { network, talkers };
}

function connectFrom(network: Network, side: Side, { wrapsAfterSegments }: LifePlan): Connection {
  const [from, to] = [network.nodes[side], network.nodes[side === 0 ? 1 : 0]];
  const initial = wrapsAfterSegments === null ? undefined : -wrapsAfterSegments >>> 0;
  return connect(from.port, to.address, 0, initial);
}

/**
 * Finds the opened connection to which an accepted one belongs. Ids are assigned in the order of
 * opening.
 */
function clientOf(network: Network, accepted: Connection): number {
  return network.nodes[0].applications.findIndex(({ connection }) => connection.localId === accepted.remoteId);
}

function run(network: Network, talkers: Talker[], invariants: Invariants, plan: LifePlan): string | null {
  let moves = plan.movesAtMillis;
  while (advance(network, LIMIT_MILLIS)) {
    if (invariants.violation !== null) return invariants.violation;
    const broken = talkers.find((talker) => talker.failure !== null);
    if (broken !== undefined) return `${broken.name}: ${broken.failure}`;
    if (network.events > LIMIT_EVENTS) return `still busy after ${LIMIT_EVENTS} events`;
    if (moves !== null && network.nowMillis >= moves && talkers.length === 2 * plan.talks.length) {
      network.nodes[0].address = "node0:2";
      moves = null;
    }
  }
  return unfinished(network, talkers, plan);
}

function unfinished(network: Network, talkers: Talker[], plan: LifePlan): string | null {
  const lasting = plan.talks.filter(([{ mayFail }]) => !mayFail).length;
  const alive = talkers.filter((talker) => !talker.plan.mayFail).length;
  if (alive !== 2 * lasting) return `${alive} of ${2 * lasting} ends came to life`;
  for (const { name, connection, received, expectedBytes, plan: talk } of talkers) {
    if (received !== expectedBytes && !talk.mayFail) return `${name}: read ${received} of ${expectedBytes} bytes`;
    if (connection.state !== "closed") return `${name}: deadlock in ${JSON.stringify(snapshot(connection))}`;
  }
  for (const { port } of network.nodes) {
    if (port.connections.size > 0) return "a port still holds a closed connection";
  }
  return null;
}

function summed(talkers: Talker[]): ConnectionCounters {
  const total = { ...(talkers[0] as Talker).connection.counters };
  for (const { connection } of talkers.slice(1)) {
    for (const name of Object.keys(total) as (keyof ConnectionCounters)[]) total[name] += connection.counters[name];
  }
  return total;
}
