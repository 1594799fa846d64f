// A port of RUDP that a server listens on, with the thread that runs it.

import { RttlabError } from "../../../lib/errors.ts";
import { Endpoint } from "../../rudp/thread/endpoint.ts";
import type { Place } from "../../rudp/thread/engine/messages.ts";
import type { RudpListener } from "../../rudp/thread/listener.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";

export { type RudpHandle, type RudpSocket, socketAt } from "../../rudp/thread/socket.ts";

/**
 * How long the end that closes first answers a repeated close of its peer, which repeats it after
 * 200 ms or a round trip and more. A server that ends waits for it, and Docker kills after 10 s.
 */
const TIME_WAIT_MILLIS = 1_000;

export interface RudpPortOptions {
  address: string;
  port: number;
  /** Connections that wait until the server takes them. */
  backlog: number;
  /** Connections that the server has at a time beside those. */
  connections: number;
  /** An open UDP socket that is bound to the port, in place of a new one. */
  descriptor?: number | undefined;
}

/** Past both numbers the port refuses a connection at once; TCP's kernel leaves it waiting. */
export async function openRudpPort(options: RudpPortOptions): Promise<{ endpoint: Endpoint; listener: RudpListener }> {
  const { address, port, descriptor, backlog, connections } = options;
  const endpoint = new Endpoint();
  try {
    const maximumConnections = connections + backlog;
    const connection = { coalesce: false, timeWaitMillis: TIME_WAIT_MILLIS };
    const listener = await endpoint.listenAsync({ address, port, descriptor, maximumConnections, connection });
    return { endpoint, listener };
  } catch (error) {
    await endpoint.closeAsync();
    throw error;
  }
}

/** Takes every connection; resolves when the listener is closed. */
export async function acceptAll(listener: RudpListener, take: (socket: RudpSocket) => void): Promise<void> {
  try {
    for (;;) take(await listener.acceptAsync());
  } catch (error) {
    if (!(error instanceof RttlabError && error.code === "E_RUDP_CLOSED")) throw error;
  }
}

export function peerOf({ peer }: RudpSocket): Place {
  const at = peer.lastIndexOf(":");
  return { address: peer.slice(0, at), port: Number(peer.slice(at + 1)) };
}
