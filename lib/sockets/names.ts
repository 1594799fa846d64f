// Names of addresses and addresses of names, by the C library's calls, which wait for the answer.
// They also ask /etc/hosts. struct addrinfo is the same on x86-64 and arm64, see getaddrinfo(3).

import * as libc from "./libc.ts";
import { addressText, pack, textOf } from "./sockaddr.ts";

const LONGEST_NAME = 1_025;
const NI_NAMEREQD = 8;
const HINTS_BYTES = 48;
const SOCKTYPE_AT = 8;
const FAMILY_AT = 4;
const ADDRESS_AT = 24;
const NEXT_AT = 40;

/** An unknown name or address has an empty list. */
export const lookups = { namesOf, addressesOf };

function namesOf(address: string): string[] {
  const packed = pack({ address, port: 0 });
  const name = libc.allocate(LONGEST_NAME);
  const at = libc.pointerTo(packed);
  const failed = libc.getnameinfo(at, packed.length, name.pointer, LONGEST_NAME, libc.NULL, 0, NI_NAMEREQD);
  return failed === 0 ? [textOf(name.bytes)] : [];
}

function addressesOf(name: string): string[] {
  const hints = libc.allocate(HINTS_BYTES);
  hints.bytes.writeInt32LE(libc.SOCK_STREAM, SOCKTYPE_AT);
  const first = libc.allocate(8);
  const wanted = Buffer.from(`${name}\0`, "latin1");
  if (libc.getaddrinfo(libc.pointerTo(wanted), libc.NULL, hints.pointer, first.pointer) !== 0) return [];
  const list = first.bytes.readBigUInt64LE();
  const addresses: string[] = [];
  for (let at = list; at !== libc.NULL; ) {
    const info = libc.memoryAt(at, HINTS_BYTES);
    addresses.push(addressText(info.readInt32LE(FAMILY_AT), info.readBigUInt64LE(ADDRESS_AT)));
    at = info.readBigUInt64LE(NEXT_AT);
  }
  libc.freeaddrinfo(list);
  return addresses;
}
