// One connection in virtual time whose sender and path a test directs.

import {
  type Connection,
  type ConnectionOptions,
  readableBytes,
  readInto,
} from "../../protocol/connection/connection.ts";
import { connect } from "../../protocol/port/port.ts";
import { type Application, advance, attach, createNetwork, type Network, type NetworkEvent } from "./network.ts";
import type { PathSettings } from "./path.ts";

export interface ScenePlan {
  seed: number;
  forward: PathSettings;
  backward: PathSettings;
  options: Partial<ConnectionOptions>;
  observe?: (event: NetworkEvent) => void;
}

export interface Scene {
  readonly network: Network;
  readonly sender: Connection;
}

const sink = new Uint8Array(64_000);

/** `application` makes the sender's behaviour; the other end reads everything. */
export function createScene(plan: ScenePlan, application: (sender: Connection) => Application): Scene {
  const port = { maximumConnections: 1, connection: plan.options };
  const network = createNetwork(
    plan.seed,
    [plan.forward, plan.backward],
    [
      { ...port, accepts: false },
      { ...port, accepts: true },
    ],
    plan.observe,
  );
  network.accept = (side, connection) =>
    attach(network, side, connection, () => {
      while (readableBytes(connection) > 0) readInto(connection, sink);
      return Number.POSITIVE_INFINITY;
    });
  const sender = connect(network.nodes[0].port, network.nodes[1].address, 0);
  attach(network, 0, sender, application(sender));
  return { network, sender };
}

/** Processes all events due before `atMillis`. */
export function passTo({ network }: Scene, atMillis: number): void {
  while (advance(network, atMillis));
  network.nowMillis = atMillis;
}
