// A connection of RUDP as a descriptor: for a process of its own, and for a loop that watches
// descriptors. This thread carries the octets between the connection and a pair of sockets, as
// inetd gave its programs a descriptor whatever carried the connection (inetd(8)). That costs two
// copies and this thread's time, which nothing else of such a structure over TCP does.

import { Socket } from "node:net";
import { descriptorPair } from "../../../lib/sockets/descriptor-pair.ts";
import type { Endpoint } from "../../../lib/sockets/sockaddr.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";
import { duplexOf } from "../../rudp/thread/stream.ts";

/**
 * The worker's descriptor, whose waits take a slice at most. Its end is the client's end and the
 * other way round; a client that stays for `lingerMillis` after the worker has ended is broken off.
 * Throws with the kernel's code, and the connection is as before.
 */
export function relay(socket: RudpSocket, near: Endpoint, sliceMillis: number, lingerMillis: number): number {
  const { ours, theirs } = descriptorPair(near, peerOf(socket), sliceMillis);
  const worker = new Socket({ fd: ours, allowHalfOpen: true });
  const client = duplexOf(socket);
  let lingering: NodeJS.Timeout | undefined;
  const breakOff = () => {
    client.destroy();
    worker.destroy();
  };
  worker.on("error", breakOff).once("end", () => {
    lingering = setTimeout(breakOff, lingerMillis);
  });
  client.on("error", breakOff).once("close", () => {
    clearTimeout(lingering);
    if (!client.readableEnded) worker.destroy();
  });
  client.once("end", () => clearTimeout(lingering));
  client.pipe(worker);
  worker.pipe(client);
  return theirs;
}

function peerOf({ peer }: RudpSocket): Endpoint {
  const at = peer.lastIndexOf(":");
  return { address: peer.slice(0, at), port: Number(peer.slice(at + 1)) };
}
