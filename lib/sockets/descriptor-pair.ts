// A connection that is no socket of the kernel's, RUDP's for example, as a descriptor: a pair of
// sockets (socketpair(2)). Another process, or a loop that knows descriptors only, gets one, and
// this program carries the octets between the other and the connection. Both are named like the
// connection's ends, whose addresses the kernel has as for any connection.

import { randomBytes } from "node:crypto";
import { limitWaits } from "./blocking-socket.ts";
import * as libc from "./libc.ts";
import { type Endpoint, packName } from "./sockaddr.ts";

export interface DescriptorPair {
  ours: number;
  /** A wait on it takes a slice at most. */
  theirs: number;
}

/**
 * The pair for a connection from `far` to `near`; null: no descriptor is left. Throws with the
 * kernel's code.
 */
export function descriptorPair(near: Endpoint, far: Endpoint, sliceMillis: number): DescriptorPair | null {
  const both = libc.allocate(8);
  const made = libc.socketpair(libc.AF_UNIX, libc.SOCK_STREAM | libc.CLOEXEC, 0, both.pointer);
  if (made < 0 && libc.isOutOfDescriptors()) return null;
  libc.checked("socketpair", made);
  const [ours, theirs] = [both.bytes.readInt32LE(0), both.bytes.readInt32LE(4)];
  try {
    const mark = randomBytes(8).toString("hex");
    bindTo(ours, packName(far, `far ${mark}`));
    bindTo(theirs, packName(near, `near ${mark}`));
    limitWaits(theirs, sliceMillis);
    return { ours, theirs };
  } catch (error) {
    for (const descriptor of [ours, theirs]) libc.close(descriptor);
    throw error;
  }
}

function bindTo(descriptor: number, name: Buffer): void {
  libc.checked("bind", libc.bind(descriptor, libc.pointerTo(name), name.length));
}
