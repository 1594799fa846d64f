// The kernel's view of a connection of this process, for tests: tcp(7), linux/tcp.h. Linux only, so
// the system calls are loaded when they are needed.

import { readdirSync } from "node:fs";
import type { Socket } from "node:net";

/** Of struct tcp_info. */
const TCP_INFO_BYTES = 160;
const DATA_SEGMENTS_IN_AT = 152;
const TCP_QUICKACK = 12;

/** Segments with data that the socket has received so far. */
export async function segmentsReceived(socket: Socket): Promise<number> {
  const { TCP_INFO } = await import("./libc.ts");
  return (await tcpOption(descriptorOf(socket), TCP_INFO, TCP_INFO_BYTES)).readUInt32LE(DATA_SEGMENTS_IN_AT);
}

/**
 * Whether the kernel acknowledges at once what comes next, or late, as it does while both sides
 * talk in turn.
 */
export async function acknowledge(socket: Socket, when: "at once" | "late"): Promise<void> {
  const libc = await import("./libc.ts");
  const { bytes, pointer } = libc.allocate(4);
  bytes.writeUInt32LE(when === "at once" ? 1 : 0);
  libc.checked("setsockopt", libc.setsockopt(descriptorOf(socket), libc.IPPROTO_TCP, TCP_QUICKACK, pointer, 4));
}

/**
 * TCP_NODELAY of the socket of this process that has these ports; without a far one, of the one
 * that listens. Undefined if there is none.
 */
export async function nodelayOf(nearPort: number, farPort?: number): Promise<boolean | undefined> {
  const { TCP_NODELAY } = await import("./libc.ts");
  const { endpoint } = await import("./sockaddr.ts");
  const descriptor = readdirSync("/proc/self/fd")
    .map(Number)
    .find((each) => endpoint(each, "near")?.port === nearPort && endpoint(each, "far")?.port === farPort);
  return descriptor === undefined ? undefined : (await tcpOption(descriptor, TCP_NODELAY, 4)).readUInt32LE() === 1;
}

async function tcpOption(descriptor: number, option: number, length: number): Promise<Buffer> {
  const libc = await import("./libc.ts");
  const [value, size] = [libc.allocate(length), libc.allocate(4)];
  size.bytes.writeUInt32LE(length);
  libc.checked("getsockopt", libc.getsockopt(descriptor, libc.IPPROTO_TCP, option, value.pointer, size.pointer));
  return value.bytes;
}

function descriptorOf(socket: Socket): number {
  return (socket as Socket & { _handle: { fd: number } })._handle.fd;
}
