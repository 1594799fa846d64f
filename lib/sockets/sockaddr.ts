// Addresses in the kernel's form: struct sockaddr_in, sockaddr_in6 and sockaddr_un of Linux, see
// ip(7), ipv6(7) and unix(7).

import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { plainAddress } from "./address.ts";
import * as libc from "./libc.ts";

const LONGEST = 128;
const LONGEST_TEXT = 64;

export interface Endpoint {
  address: string;
  port: number;
}

/** The family of an address's text. */
export function familyOf(address: string): number {
  return isIPv6(address) ? libc.AF_INET6 : libc.AF_INET;
}

/** The structure for an address and port. */
export function pack({ address, port }: Endpoint): Buffer {
  const family = familyOf(address);
  const isShort = family === libc.AF_INET;
  const packed = Buffer.alloc(isShort ? 16 : 28);
  packed.writeUInt16LE(family, 0);
  packed.writeUInt16BE(port, 2);
  packed.set(octetsOf(address, family), isShort ? 4 : 8);
  if (!isShort) packed.writeUInt32LE(scopeOf(address), 24);
  return packed;
}

/**
 * The name of a socket that is connected within the machine and stands for one end of a connection
 * that is not: in the abstract namespace, unique by `mark`.
 */
export function packName({ address, port }: Endpoint, mark: string): Buffer {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(libc.AF_UNIX);
  return Buffer.concat([family, Buffer.from(`\0${address} ${port} ${mark}`)]);
}

/** The near end of a socket, or the far one, which is unknown once the client has gone. */
export function endpoint(descriptor: number, end: "near" | "far"): Endpoint | null {
  const packed = libc.allocate(LONGEST);
  const length = libc.allocate(4);
  length.bytes.writeUInt32LE(LONGEST);
  const ask = end === "near" ? libc.getsockname : libc.getpeername;
  if (ask(descriptor, packed.pointer, length.pointer) < 0) return null;
  const family = packed.bytes.readUInt16LE(0);
  if (family === libc.AF_UNIX) return named(packed.bytes.toString("latin1", 3, length.bytes.readUInt32LE(0)));
  const address = addressText(family, packed.pointer);
  return { address: plainAddress(address), port: packed.bytes.readUInt16BE(2) };
}

function named(name: string): Endpoint | null {
  const [address = "", port = ""] = name.split(" ");
  return address === "" ? null : { address, port: Number(port) };
}

/** The text of the address in a structure of the kernel's. */
export function addressText(family: number, structure: bigint): string {
  const text = libc.allocate(LONGEST_TEXT);
  libc.inet_ntop(family, structure + (family === libc.AF_INET ? 4n : 8n), text.pointer, LONGEST_TEXT);
  return textOf(text.bytes);
}

/** A string of C's. */
export function textOf(octets: Buffer): string {
  return octets.toString("latin1", 0, octets.indexOf(0));
}

function octetsOf(address: string, family: number): Buffer {
  const text = Buffer.from(`${address.split("%")[0]}\0`);
  const octets = libc.allocate(family === libc.AF_INET ? 4 : 16);
  if (libc.inet_pton(family, libc.pointerTo(text), octets.pointer) !== 1) throw new Error(`${address} is no address`);
  return octets.bytes;
}

/** Index of the interface that an address names after `%`; 0 without one. */
function scopeOf(address: string): number {
  const [, name] = address.split("%");
  if (name === undefined) return 0;
  const scope = networkInterfaces()[name]?.find(({ scopeid }) => scopeid)?.scopeid;
  if (scope === undefined) throw new Error(`no interface ${name} has a link-local address`);
  return scope;
}
