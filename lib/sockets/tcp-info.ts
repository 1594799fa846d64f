// The kernel's knowledge of a connection of TCP, or of a listener: tcp(7), struct tcp_info of
// linux/tcp.h. Linux only.

import * as libc from "./libc.ts";

const INFO_BYTES = 128;
const QUEUED_AT = 24;
const LAST_DATA_RECEIVED_AT = 52;
const BYTES_ACKNOWLEDGED_AT = 120;
const info = libc.allocate(INFO_BYTES);
const length = libc.allocate(4);

/**
 * Milliseconds since the peer's last octets arrived, or since the connection was made if there are
 * none yet, as the kernel counts them.
 */
export function silentMillis(descriptor: number): number {
  return read(descriptor) ? info.bytes.readUInt32LE(LAST_DATA_RECEIVED_AT) : 0;
}

/** Connections that the kernel has completed and nobody has accepted. */
export function queuedConnections(listener: number): number {
  return read(listener) ? info.bytes.readUInt32LE(QUEUED_AT) : 0;
}

/** Octets that the peer has acknowledged so far; 0 of a socket that is not TCP's. */
export function acknowledgedBytes(descriptor: number): number {
  return read(descriptor) ? Number(info.bytes.readBigUInt64LE(BYTES_ACKNOWLEDGED_AT)) : 0;
}

function read(descriptor: number): boolean {
  length.bytes.writeUInt32LE(INFO_BYTES);
  return libc.getsockopt(descriptor, libc.IPPROTO_TCP, libc.TCP_INFO, info.pointer, length.pointer) === 0;
}
