// A connection of RUDP as a descriptor: for a process of its own, and for a loop that watches
// descriptors. This thread carries the octets between the connection and a pair of sockets, as
// inetd gave its programs a descriptor whatever carried the connection (inetd(8)). That costs two
// copies and this thread's time, which nothing else of such a structure over TCP does.

import { Socket } from "node:net";
import { OUT_OF_DESCRIPTORS } from "../../../lib/sockets/blocking-socket.ts";
import { descriptorPair } from "../../../lib/sockets/descriptor-pair.ts";
import { peerTimeout } from "../../../lib/sockets/peer-timeout.ts";
import type { Endpoint } from "../../../lib/sockets/sockaddr.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";
import { acknowledgedBytes, streamOf } from "./rudp-listen.ts";
import { peerOf } from "./rudp-port.ts";

/** Of a client when the worker has ended: to take something of the rest, and to end as well. */
export interface RelayTimeouts {
  writeMillis: number;
  lingerMillis: number;
}

/**
 * The worker's descriptor, whose waits take a slice at most. Its end is the client's end and the
 * other way round; a client that exceeds a time is broken off. OUT_OF_DESCRIPTORS: the connection
 * is as before.
 */
export function relay(socket: RudpSocket, near: Endpoint, sliceMillis: number, timeouts: RelayTimeouts): number {
  const pair = descriptorPair(near, peerOf(socket), sliceMillis);
  if (pair === null) return OUT_OF_DESCRIPTORS;
  const worker = new Socket({ fd: pair.ours, allowHalfOpen: true });
  const client = streamOf(socket, near.address);
  let lingering: NodeJS.Timeout | undefined;
  const breakOff = () => {
    client.destroy();
    worker.destroy();
  };
  const writeLimit = peerTimeout(timeouts.writeMillis, () => acknowledgedBytes(socket), breakOff);
  const delivered = () => {
    writeLimit.end();
    if (!client.readableEnded) lingering = setTimeout(breakOff, timeouts.lingerMillis);
  };
  worker.on("error", breakOff).once("end", () => {
    if (!client.destroyed) writeLimit.begin();
    socket.deliveredAsync().then(delivered, () => {});
  });
  client.on("error", breakOff);
  client.once("close", () => {
    writeLimit.end();
    clearTimeout(lingering);
    if (!client.readableEnded) worker.destroy();
  });
  client.once("end", () => clearTimeout(lingering));
  client.pipe(worker);
  worker.pipe(client);
  return pair.theirs;
}
