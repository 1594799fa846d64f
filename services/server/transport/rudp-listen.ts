// RUDP for an event loop. A thread of its own runs the protocol (services/rudp/thread), and each
// connection is a stream of Node, which lib/sockets/net.ts drives as it drives Node's own sockets.

import { type AddressedStream, attend } from "../../../lib/sockets/net.ts";
import type { Listener, ListenOptions } from "../../../lib/sockets/socket.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";
import { duplexOf } from "../../rudp/thread/stream.ts";
import { acceptAll, openRudpPort, peerOf, type RudpPortOptions } from "./rudp-port.ts";

export async function listen(options: ListenOptions & RudpPortOptions): Promise<Listener> {
  const { endpoint, listener } = await openRudpPort(options);
  const open = new Set<AddressedStream>();
  const accepted = acceptAll(listener, (socket) => {
    const stream = streamOf(socket, listener.address);
    open.add(stream);
    stream.once("close", () => open.delete(stream));
    attend(stream, () => acknowledgedBytes(socket), options);
  });
  return {
    port: listener.port,
    async close() {
      listener.close();
      await accepted;
      await Promise.all([...open].map(closed));
      await endpoint.closeAsync();
    },
  };
}

/** Whether it ends in order or breaks. */
function closed(stream: AddressedStream): Promise<void> {
  return new Promise((resolve) => stream.once("close", resolve));
}

export function streamOf(socket: RudpSocket, localAddress: string): AddressedStream {
  return Object.assign(duplexOf(socket), { remoteAddress: peerOf(socket).address, localAddress });
}

/** Octets that its peer has taken. */
export function acknowledgedBytes(socket: RudpSocket): number {
  return socket.numbers().dataBytesAcknowledged;
}
