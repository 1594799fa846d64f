// One transfer in virtual time, from open to the last byte read, for the tables of `bench
// rudp-mechanisms`.

import {
  type ConnectionOptions,
  close,
  readableBytes,
  readInto,
  snapshot,
  write,
} from "../../protocol/connection/connection.ts";
import { connect } from "../../protocol/port/port.ts";
import { advance, attach, createNetwork } from "./network.ts";
import type { PathSettings } from "./path.ts";

export interface TransferPlan {
  seed: number;
  bytes: number;
  forward: PathSettings;
  backward: PathSettings;
  options: Partial<ConnectionOptions>;
}

export interface SimulatedTransfer {
  millis: number;
  bitsPerSecond: number;
  /** The sender's numbers at the end. */
  sender: ReturnType<typeof snapshot>;
}

/** A transfer that takes longer in virtual time is a fault. */
const LIMIT_MILLIS = 3_600_000;

/** Runs a transfer to its end. Throws when it reaches none. */
export function runTransfer({ seed, bytes, forward, backward, options }: TransferPlan): SimulatedTransfer {
  const port = { maximumConnections: 1, connection: options };
  const network = createNetwork(
    seed,
    [forward, backward],
    [
      { ...port, accepts: false },
      { ...port, accepts: true },
    ],
  );
  const scratch = new Uint8Array(64_000);
  let received = 0;
  let written = 0;
  network.accept = (side, connection) =>
    attach(network, side, connection, () => {
      while (readableBytes(connection) > 0) received += readInto(connection, scratch);
      return Number.POSITIVE_INFINITY;
    });
  const sender = connect(network.nodes[0].port, network.nodes[1].address, 0);
  attach(network, 0, sender, () => {
    for (let taken = 1; taken > 0 && written < bytes; written += taken) {
      taken = write(sender, scratch.subarray(0, Math.min(scratch.length, bytes - written)));
    }
    if (written === bytes) close(sender);
    return Number.POSITIVE_INFINITY;
  });
  while (received < bytes) {
    if (!advance(network, LIMIT_MILLIS)) throw new Error(`a transfer stopped at ${received} of ${bytes} bytes`);
  }
  const millis = network.nowMillis;
  return { millis, bitsPerSecond: (bytes * 8000) / millis, sender: snapshot(sender) };
}
