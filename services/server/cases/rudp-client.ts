// A client of raw octets over RUDP.

import type { Duplex } from "node:stream";
import { after } from "node:test";
import { Endpoint } from "../../rudp/thread/endpoint.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";
import { duplexOf } from "../../rudp/thread/stream.ts";
import { clientOn, type RawClient } from "./raw-client.ts";

/** Of all clients of a test file. */
let endpoint: Endpoint | undefined;
after(closeRudpClients);

/** Resolves when nothing is left of the clients. */
export async function closeRudpClients(): Promise<void> {
  await endpoint?.closeAsync();
  endpoint = undefined;
}

/**
 * A client that only waits learns by a probe that its worker was killed, or by silence if there is
 * no other in its place.
 */
const WAITING = { keepAliveMillis: 1_000, peerTimeoutMillis: 10_000 };

export async function connectOverRudp(port: number): Promise<RawClient<Duplex>> {
  return clientOn(duplexOf(await openOverRudp(port)));
}

/** A connection that reads only when it is asked to. */
export function openOverRudp(port: number): Promise<RudpSocket> {
  endpoint ??= new Endpoint();
  const connection = { coalesce: false, timeWaitMillis: 0, ...WAITING };
  return endpoint.connectAsync(`127.0.0.1:${port}`, { connection });
}
