// A listening socket by system calls of Linux.

import * as libc from "./libc.ts";
import { familyOf, pack } from "./sockaddr.ts";
import type { ListenOptions } from "./socket.ts";

type ListeningOptions = Pick<ListenOptions, "address" | "port" | "backlog" | "reusePort" | "nodelay">;

/** Connections inherit TCP_NODELAY. `flags`: libc.NONBLOCK, or 0 for a socket that blocks. */
export function listeningSocket(options: ListeningOptions, flags: number): number {
  const { address, port, backlog, reusePort, nodelay } = options;
  const type = libc.SOCK_STREAM | libc.CLOEXEC | flags;
  const descriptor = libc.checked("socket", libc.socket(familyOf(address), type, 0));
  try {
    turnOn(descriptor, libc.SOL_SOCKET, libc.SO_REUSEADDR);
    if (nodelay) turnOn(descriptor, libc.IPPROTO_TCP, libc.TCP_NODELAY);
    if (reusePort) turnOn(descriptor, libc.SOL_SOCKET, libc.SO_REUSEPORT);
    const packed = pack({ address, port });
    libc.checked("bind", libc.bind(descriptor, libc.pointerTo(packed), packed.length));
    libc.checked("listen", libc.listen(descriptor, backlog));
    return descriptor;
  } catch (error) {
    libc.close(descriptor);
    throw error;
  }
}

/** Turns an option of a socket on. */
export function turnOn(descriptor: number, level: number, option: number): void {
  const { pointer, bytes } = libc.allocate(4);
  bytes.writeUInt32LE(1);
  libc.checked("setsockopt", libc.setsockopt(descriptor, level, option, pointer, 4));
}
