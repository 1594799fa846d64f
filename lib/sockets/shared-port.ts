// UDP sockets of Linux on one port (SO_REUSEPORT, socket(7)). The kernel gives a datagram to one of
// them by a hash of both addresses and ports. A program that holds all of them keeps that choice:
// with one more or less, peers of the others would reach another socket.

import * as libc from "./libc.ts";
import { turnOn } from "./listening-socket.ts";
import { endpoint, familyOf, pack } from "./sockaddr.ts";

export interface SharedPort {
  port: number;
  descriptors: readonly number[];
  close(): void;
}

/** Opens as many sockets on the port. Port 0: the kernel chooses. */
export function sharePort(address: string, wanted: number, sockets: number): SharedPort {
  const descriptors: number[] = [];
  const close = () => {
    for (const descriptor of descriptors) libc.close(descriptor);
  };
  let port = wanted;
  try {
    for (let index = 0; index < sockets; index++) {
      const type = libc.SOCK_DGRAM | libc.CLOEXEC | libc.NONBLOCK;
      const descriptor = libc.checked("socket", libc.socket(familyOf(address), type, 0));
      descriptors.push(descriptor);
      turnOn(descriptor, libc.SOL_SOCKET, libc.SO_REUSEPORT);
      const packed = pack({ address, port });
      libc.checked("bind", libc.bind(descriptor, libc.pointerTo(packed), packed.length));
      port = endpoint(descriptor, "near")?.port ?? port;
    }
  } catch (error) {
    close();
    throw error;
  }
  return { port, descriptors, close };
}

/** A further descriptor of the same socket, for somebody who will close it. */
export function duplicate(descriptor: number): number {
  return libc.checked("dup", libc.dup(descriptor));
}
