// The transports of the server: what carries the octets of its connections. TCP is the kernel's.
// RUDP is ours (services/rudp): a thread runs it on a UDP port.

import { loadSockets, type SocketKind } from "../../../lib/sockets/kinds.ts";
import type { Listen } from "../../../lib/sockets/socket.ts";

export const TRANSPORTS = ["tcp", "rudp"] as const;
export type TransportName = (typeof TRANSPORTS)[number];

interface Transport {
  transport: TransportName;
  /** The kind of sockets of TCP. */
  sockets: SocketKind;
  connections: number;
}

/**
 * The function by which an event loop listens, loaded only here: few servers need both.
 * `descriptor`: a UDP socket that is bound to the port.
 */
export async function loadListen(
  { transport, sockets, connections }: Transport,
  descriptor: number | undefined,
): Promise<Listen> {
  if (transport === "tcp") return loadSockets(sockets);
  const { listen } = await import("./rudp-listen.ts");
  return (options) => listen({ ...options, connections, descriptor });
}
